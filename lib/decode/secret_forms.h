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

/// Secrets by their form: SAS signatures, account and shared access keys, passwords in connection strings and
/// URLs, Authorization headers, cookies, JSON Web Tokens, function keys, private keys, client secrets; raw,
/// in JSON and percent-encoded. Sorted, not overlapping. Linear in the text.
std::vector<SecretSpan> find_secrets(std::string_view text);

/// Whether the name of a header, cookie, query parameter or JSON key says that its value is a secret.
bool is_secret_header(std::string_view name);
bool is_secret_cookie(std::string_view name);
bool is_secret_key(std::string_view name);

}  // namespace aztriage::decode
