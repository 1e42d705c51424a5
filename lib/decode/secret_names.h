#pragma once

#include <string_view>

namespace aztriage::decode {

/// What the name before a `=` or `:` says of the value after it.
enum class SecretName {
  none,
  password,       // anything, up to the end of its place
  key,            // random text of some length
  token,          // the same, also shorter
  signature,      // of a shared access signature
  code,           // a function key in a query, where `code` has other meanings elsewhere
  login,          // name and password in base64, as registries keep them
  authorization,  // a scheme, then the secret
  cookie,         // pairs
  set_cookie,     // one pair, then attributes
};
SecretName classify_name(std::string_view name);

}  // namespace aztriage::decode
