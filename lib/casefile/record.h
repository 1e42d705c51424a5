#pragma once

#include "casefile/line.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::casefile {

inline constexpr std::size_t kMostBytes = 64u << 20;
inline constexpr std::size_t kMostEvents = 100'000;

struct Line {
  int number = 0;  // from 1
  std::string_view text;
};

/// One session of a case. A case has several when a walk went on in another playbook.
struct Part {
  Begin begin;
  std::vector<Line> lines;
};

/// A case as it was read. What is damaged is left out and named in `warnings`; all else is kept.
struct Record {
  std::string text;  // the whole file; the lines refer to it
  std::vector<Part> parts;
  std::vector<std::string> warnings;  // "line 12 can't be read: ..."
  std::size_t whole = 0;              // bytes up to the end of the last whole line
  bool torn = false;                  // something stands behind it
  bool unended = false;               // the last line is whole, but its end is missing
};

/// Splits and checks the lines; an error only where there is no case at all: no readable first line, or too
/// large.
Result<std::unique_ptr<Record>> read_record(std::string text);

/// The events of one part, typed; lines that can't be read are named in `warnings`.
std::vector<engine::Event> events_of(const Part& part, const Declared& declared,
                                     std::vector<std::string>& warnings);

/// What a list shows of a case, without reading its observations.
struct Summary {
  std::string id;
  std::string playbook;
  std::string mode;
  std::string ticket;
  UtcTime at{};
  std::map<std::string, std::string> inputs;
  std::string verdict;  // empty: it ended before there was one
  std::string cause;
  bool confirmed = false;
  bool ended = false;
  int pid = 0;  // who wrote it last
};
Result<Summary> summarise(std::string_view text);

}  // namespace aztriage::casefile
