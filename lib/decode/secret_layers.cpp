#include "decode/secret_layers.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "decode/text_view.h"

#include <algorithm>
#include <optional>

namespace aztriage::decode {
namespace {

constexpr int kDeepest = 2;
constexpr std::size_t kShortestRun = 16;  // signs of base64 that can hold anything of interest
constexpr std::size_t kLeastText = 10;    // bytes of text; fewer may be chance

bool is_base64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

/// How much of it is text: a path or a digest that is taken for base64 makes bytes that are none.
std::size_t text_length(std::string_view bytes) {
  const auto is_odd = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\0';
  };
  const auto odd = static_cast<std::size_t>(std::find_if(bytes.begin(), bytes.end(), is_odd) - bytes.begin());
  return std::min(odd, text::first_invalid_utf8(bytes.substr(0, odd)));
}

/// UTF-16 of Latin text (PowerShell's -EncodedCommand) as bytes.
std::optional<std::string> narrowed(std::string_view bytes) {
  if (bytes.size() < 8 || bytes[1] != '\0') return std::nullopt;
  std::string out;
  out.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i + 1] != '\0') return std::nullopt;
    out += bytes[i];
  }
  return out;
}

/// A run that was cut, or to whose front something was glued, is read as far as it goes.
std::optional<std::string> plain_of(std::string_view run) {
  while (!run.empty() && run.back() == '=') run.remove_suffix(1);
  if (run.size() % 4 == 1) run.remove_suffix(1);
  auto bytes = base64_decode(run);
  if (!bytes) return std::nullopt;
  if (auto narrow = narrowed(*bytes)) bytes = std::move(narrow);
  // Its end may be broken, or a word of the next line.
  const std::size_t length = text_length(*bytes);
  if (length < kLeastText || length < bytes->size() / 2) return std::nullopt;
  bytes->resize(std::min(length, bytes->size()));
  return bytes;
}

/// The same for a run that stands behind the slash of a path.
std::optional<std::string> plain_of_path(std::string_view run) {
  if (auto plain = plain_of(run)) return plain;
  const std::size_t slash = run.rfind('/');
  if (slash == std::string_view::npos || run.size() - slash <= kShortestRun) return std::nullopt;
  return plain_of(run.substr(slash + 1));
}

void scan_text(std::string_view text, int depth, const SecretScan& scan, std::vector<SecretSpan>& out);

/// `fresh`: nothing of this view was looked at before; else only runs that hold something decoded.
void scan_base64(const TextView& view, bool fresh, int depth, const SecretScan& scan,
                 std::vector<SecretSpan>& out) {
  const std::string& text = view.text;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_base64(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_base64(text[end])) ++end;
    while (end < text.size() && text[end] == '=') ++end;
    // Its ends also change where a sign beside it was written as several: `%20eyJ` held `20eyJ`.
    const std::size_t first = i > 0 ? i - 1 : i;
    const std::size_t last = std::min(end + 1, text.size());
    const bool changed = view.until[last - 1] - view.from[first] != last - first;
    if (end - i >= kShortestRun && (fresh || changed)) {
      if (const auto plain = plain_of_path(std::string_view(text).substr(i, end - i))) {
        std::vector<SecretSpan> found;
        scan_text(*plain, depth + 1, scan, found);
        if (!found.empty()) out.push_back({view.from[i], view.until[end - 1], found.front().what});
      }
    }
    i = end;
  }
}

void scan_text(std::string_view text, int depth, const SecretScan& scan, std::vector<SecretSpan>& out) {
  for (const TextView& view : all_views(text)) {
    std::vector<SecretSpan> here;
    scan(view.text, here);
    for (const SecretSpan& span : here) {
      if (span.begin < span.end) out.push_back({view.from[span.begin], view.until[span.end - 1], span.what});
    }
    if (depth < kDeepest) scan_base64(view, view.text == text, depth, scan, out);
  }
}

}  // namespace

std::vector<SecretSpan> scan_layers(std::string_view text, const SecretScan& scan) {
  std::vector<SecretSpan> found;
  scan_text(text, 0, scan, found);
  std::stable_sort(found.begin(), found.end(),
                   [](const SecretSpan& a, const SecretSpan& b) { return a.begin < b.begin; });
  std::vector<SecretSpan> merged;
  for (const SecretSpan& span : found) {
    if (span.begin >= span.end) continue;
    if (!merged.empty() && span.begin < merged.back().end) {
      merged.back().end = std::max(merged.back().end, span.end);
    } else {
      merged.push_back(span);
    }
  }
  return merged;
}

}  // namespace aztriage::decode
