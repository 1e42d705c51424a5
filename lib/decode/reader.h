#pragma once

#include "fact/observation.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

inline constexpr std::size_t kMostPasted = 1024 * 1024;

/// A fact that a step declares with its type; the reader `json` looks for these.
struct Wanted {
  std::string name;
  fact::Kind kind = fact::Kind::text;
};

using ReaderParams = std::map<std::string, fact::Value, std::less<>>;

/// What a reader made of a text. `answered` says that it found what it reads; without that the failure is
/// `unreadable` at the operation `read`. What it could not use is told by line, never guessed.
struct Reading {
  fact::Observation observation;
  std::vector<std::size_t> unread;  // lines, 1-based, at most 100; empty lines and prompts don't count
};

/// Turns text that a person pasted or a command printed into facts. Pure, linear in the text, never throws.
struct ReaderSpec {
  std::string_view name;
  std::string_view summary;
  std::span<const fact::ParamSpec> params;
  std::span<const fact::FactSpec> facts;
  Reading (*read)(std::string_view text, const ReaderParams& params, std::span<const Wanted> wanted);
};

/// Every reader, in the order of their names.
std::span<const ReaderSpec* const> all_readers();
const ReaderSpec* find_reader(std::string_view name);

/// Reads with what holds for every reader: colours, quoting marks and the like are taken off first, what is
/// longer than kMostPasted is cut off (`summary` says so), the fact `text` holds the text itself, and the
/// observation carries the reader's name and the time.
Reading read_text(const ReaderSpec& reader, std::string_view text, const ReaderParams& params = {},
                  std::span<const Wanted> wanted = {});

}  // namespace aztriage::decode
