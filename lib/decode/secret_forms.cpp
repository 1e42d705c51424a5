#include "decode/secret_forms.h"

#include "decode/secret_layers.h"
#include "decode/secret_scan.h"

namespace aztriage::decode {

void scan_forms(std::string_view text, std::vector<SecretSpan>& out) {
  scan_pairs(text, out);
  scan_tokens(text, out);
  scan_private_keys(text, out);
  scan_blobs(text, out);
  scan_logins(text, out);
  scan_commands(text, out);
}

std::vector<SecretSpan> find_secrets(std::string_view text) {
  return scan_layers(text, scan_forms);
}

}  // namespace aztriage::decode
