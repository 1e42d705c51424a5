#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// A piece of a text that is a secret by its form; `what` names the form for people ("SAS signature").
struct SecretSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view what;
};

/// Secrets by their form in a text without encodings, in no order.
void scan_forms(std::string_view text, std::vector<SecretSpan>& out);

/// Secrets by their form: SAS signatures, account and shared access keys, passwords in connection strings,
/// URLs and command lines, Authorization headers, cookies, JSON Web Tokens, function keys, private keys,
/// client secrets, Kubernetes secrets; raw and in every encoding of secret_layers.h. Sorted, not overlapping.
/// Linear in the text.
std::vector<SecretSpan> find_secrets(std::string_view text);

/// Whether the name of a header, cookie, query parameter or JSON key says that its value is a secret.
bool is_secret_header(std::string_view name);
bool is_secret_cookie(std::string_view name);
bool is_secret_key(std::string_view name);

}  // namespace aztriage::decode
