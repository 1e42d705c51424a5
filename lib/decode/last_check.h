#pragma once

#include "base/result.h"
#include "decode/mask.h"

#include <string_view>

namespace aztriage::decode {

/// The last look at a finished text before it is written or shown: an error when a secret stands in it, by
/// its form or because it is known; also behind the escapes of HTML and Markdown. The error names the kind
/// and the line, never the value. `what` is the text's name for people ("the report"). Linear in the text.
Result<void> last_check(std::string_view text, const SecretSet& known, std::string_view what);

}  // namespace aztriage::decode
