#pragma once

#include "decode/secret_forms.h"

#include <string_view>
#include <vector>

namespace aztriage::decode {

/// Each finds secrets of some forms in a text without encodings, and appends them. Linear in the text.
void scan_pairs(std::string_view text, std::vector<SecretSpan>& out);   // names and values, headers, cookies
void scan_tokens(std::string_view text, std::vector<SecretSpan>& out);  // what is a secret by itself
void scan_private_keys(std::string_view text, std::vector<SecretSpan>& out);  // PEM
void scan_blobs(std::string_view text, std::vector<SecretSpan>& out);  // keys without PEM, Kubernetes secrets
void scan_logins(std::string_view text, std::vector<SecretSpan>& out);    // in URLs
void scan_commands(std::string_view text, std::vector<SecretSpan>& out);  // command lines, lines of protocols

/// Letters and digits mixed, or both cases: not a word of a sentence.
bool looks_random(std::string_view value);
/// Masked already, empty, or a reference to a value that stands elsewhere.
bool is_placeholder(std::string_view value);

}  // namespace aztriage::decode
