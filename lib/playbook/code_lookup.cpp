#include "playbook/code_lookup.h"

#include "base/suggest.h"
#include "base/text.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

/// Shorter pieces stand in too many messages to mean anything.
constexpr std::size_t kLeastQuery = 3;
constexpr std::size_t kLeastCode = 4;

bool is_word_sign(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
}

/// `piece` stands in `whole` between signs that do not belong to a word; both in lower case.
bool holds_words(std::string_view whole, std::string_view piece) {
  for (std::size_t at = whole.find(piece); at != whole.npos; at = whole.find(piece, at + 1)) {
    const std::size_t end = at + piece.size();
    const bool begins = at == 0 || !is_word_sign(whole[at - 1]) || !is_word_sign(piece.front());
    // A full stop after the word ends a sentence, unless the word goes on behind it.
    const bool stop =
        end < whole.size() && whole[end] == '.' && (end + 1 == whole.size() || !is_word_sign(whole[end + 1]));
    const bool ends = end == whole.size() || !is_word_sign(whole[end]) || stop;
    if (begins && ends) return true;
  }
  return false;
}

/// 3: the same, 2: the message holds this code, 1: the code holds these words, 0: none of it.
int fit(std::string_view spelling, std::string_view query) {
  if (spelling == query) return 3;
  if (spelling.size() >= kLeastCode && holds_words(query, spelling)) return 2;
  if (query.size() >= kLeastQuery && holds_words(spelling, query)) return 1;
  return 0;
}

}  // namespace

std::vector<std::string> spellings_of(const CodeRow& row) {
  std::vector<std::string> spellings;
  for (const std::string_view piece : text::split(row.code, ',')) {
    if (!text::trim(piece).empty()) spellings.emplace_back(text::trim(piece));
  }
  return spellings;
}

CodeMatches find_codes(const std::vector<CodeRow>& rows, std::string_view query) {
  const std::string wanted = text::lower(text::trim(query));
  CodeMatches result;
  if (wanted.empty()) return result;
  struct Found {
    const CodeRow* row;
    int fit;
    std::size_t length;
  };
  std::vector<Found> found;
  std::vector<std::string> all;
  for (const CodeRow& row : rows) {
    Found best{&row, text::lower(row.code) == wanted ? 3 : 0, 0};
    for (const std::string& spelling : spellings_of(row)) {
      const int here = fit(text::lower(spelling), wanted);
      if (here > best.fit || (here == best.fit && spelling.size() > best.length))
        best = {&row, here, spelling.size()};
      all.push_back(spelling);
    }
    if (best.fit > 0) found.push_back(best);
  }
  // In a message the longer code is the closer one: a header with its value before the header alone.
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.fit != b.fit ? a.fit > b.fit : a.fit == 2 && a.length > b.length;
  });
  result.exact = !found.empty() && found.front().fit == 3;
  for (const Found& one : found) {
    if (!result.exact || one.fit == 3) result.rows.push_back(one.row);
  }
  if (result.rows.empty()) result.nearest = nearest(std::string(text::trim(query)), all);
  return result;
}

}  // namespace aztriage::playbook
