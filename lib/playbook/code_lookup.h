#pragma once

#include "playbook/data.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

/// What is known of a code or message. `exact`: the rows are written just so; otherwise they contain the
/// words or are contained in them, word for word and without case.
struct CodeMatches {
  std::vector<const CodeRow*> rows;  // best first, into `rows` of the call
  bool exact = false;
  std::vector<std::string> nearest;  // when there is no row: what may have been meant
};
CodeMatches find_codes(const std::vector<CodeRow>& rows, std::string_view query);

/// The spellings of one entry: `code: a, b` is two.
std::vector<std::string> spellings_of(const CodeRow& row);

}  // namespace aztriage::playbook
