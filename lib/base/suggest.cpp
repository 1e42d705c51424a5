#include "base/suggest.h"

#include "base/text.h"

#include <algorithm>
#include <optional>

namespace aztriage {
namespace {

/// Longer words are pasted text, not slips of the fingers.
constexpr std::size_t kLongestWord = 80;

/// Insertions, deletions, substitutions and swaps of neighbours; `_` and `-` count as one character.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string folded(std::string_view word) {
  std::string out = text::lower(word);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

/// 0 is the same word; nothing when it is too far to have been meant.
std::optional<std::size_t> distance(const std::string& word, const std::string& known) {
  const std::size_t longest = std::max(word.size(), known.size());
  const std::size_t allowed = std::max<std::size_t>(1, longest / 3);
  const std::size_t shortest = std::min(word.size(), known.size());
  if (longest - shortest <= allowed) {
    const std::size_t d = edit_distance(word, known);
    if (d <= allowed && d < shortest) return d;
  }
  // The beginning or the last part of a dotted or hyphenated name.
  if (word.size() >= 3 && word.size() < known.size()) {
    if (known.starts_with(word)) return allowed + 1;
    const char boundary = known[known.size() - word.size() - 1];
    if (known.ends_with(word) && (boundary == '.' || boundary == '-' || boundary == '/')) return allowed + 1;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& known,
                                 std::size_t limit) {
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::string wanted = folded(word);
  std::vector<std::pair<std::size_t, const std::string*>> found;
  for (const std::string& candidate : known) {
    if (candidate.empty() || candidate.size() > kLongestWord) continue;
    if (const auto d = distance(wanted, folded(candidate))) found.emplace_back(*d, &candidate);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  // A word that is clearly nearer than the rest is the only one worth saying.
  const std::size_t worst = found.empty() ? 0 : found.front().first + (found.front().first <= 1 ? 0 : 1);
  std::vector<std::string> best;
  for (const auto& [d, candidate] : found) {
    if (best.size() == limit || d > worst) break;
    if (std::find(best.begin(), best.end(), *candidate) == best.end()) best.push_back(*candidate);
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string> best = nearest(word, known);
  if (best.empty()) return {};
  std::string out = "did you mean ";
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (i > 0) out += i + 1 == best.size() ? " or " : ", ";
    out += "'" + best[i] + "'";
  }
  return out + "?";
}

}  // namespace aztriage
