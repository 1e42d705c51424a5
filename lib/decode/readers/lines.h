#pragma once

#include "decode/reader.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// Text as a program printed it: terminal colours, UTF-16 of PowerShell, carriage returns, invisible signs
/// and the
/// `>` of a quoted mail taken off; typographic quotes and fixed blanks made plain.
std::string plain_text(std::string_view text);

/// The lines of a text, each of which a reader can claim. What nobody claimed is told to the user.
class Lines {
 public:
  explicit Lines(std::string_view text);
  std::size_t size() const { return lines_.size(); }
  std::string_view operator[](std::size_t i) const { return lines_[i]; }
  void claim(std::size_t i) { claimed_[i] = true; }
  bool claimed(std::size_t i) const { return claimed_[i]; }
  std::vector<std::size_t> unread() const;

 private:
  std::vector<std::string_view> lines_;
  std::vector<bool> claimed_;
};

/// `Name : value` or `name: value`; the name in lower case, without trailing blanks.
struct Labelled {
  std::string name;
  std::string_view value;
};
std::optional<Labelled> labelled(std::string_view line);

/// Small helpers that every reader of output needs.
bool starts_with_word(std::string_view line, std::string_view word);  // ignoring case
void put_text(fact::Facts& facts, std::string_view name, std::string_view value,
              fact::Kind kind = fact::Kind::text);
fact::Observation unreadable(std::string_view what);

/// Facts about a name's addresses and aliases, as the probe `dns` tells them.
struct NameFacts {
  std::vector<std::string> addresses;
  std::vector<std::string> chain;  // aliases in order, without the name itself
  void put(fact::Observation& seen) const;
};
/// A failure of a name server as the probe `dns` tells it.
void put_rcode(fact::Observation& seen, std::string_view rcode);

}  // namespace aztriage::decode
