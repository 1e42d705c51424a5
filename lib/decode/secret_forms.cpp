#include "decode/secret_forms.h"

#include "decode/secret_scan.h"
#include "decode/text_view.h"

#include <algorithm>

namespace aztriage::decode {

std::vector<SecretSpan> find_secrets(std::string_view text) {
  std::vector<SecretSpan> found;
  for (const TextView& view : all_views(text)) {
    std::vector<SecretSpan> here;
    scan_pairs(view.text, here);
    scan_tokens(view.text, here);
    scan_private_keys(view.text, here);
    scan_logins(view.text, here);
    for (const SecretSpan& span : here) found.push_back({view.at[span.begin], view.at[span.end], span.what});
  }
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
