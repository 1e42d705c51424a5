#pragma once

#include "decode/secret_forms.h"

#include <functional>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// Finds secrets in a text without encodings and appends them.
using SecretScan = std::function<void(std::string_view text, std::vector<SecretSpan>& out)>;

/// Applies `scan` to a text, to each of its views (text_view.h), and to what stands in it in base64, up to
/// two levels deep and also in UTF-16; of a secret in base64 the whole run of base64 goes. Sorted and apart.
/// Linear in the text when `scan` is.
std::vector<SecretSpan> scan_layers(std::string_view text, const SecretScan& scan);

}  // namespace aztriage::decode
