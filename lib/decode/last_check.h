#pragma once

#include "base/result.h"
#include "decode/mask.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// The last look at a finished text before it is written or shown: an error when a secret stands in it, by
/// its form or because it is known; also behind the escapes of HTML and Markdown. The error names the kind
/// and the line, never the value. `what` is the text's name for people ("the report"). Linear in the text.
/// What stands in our `own` words (the playbook, inputs that are no secret) is none here: a placeholder
/// behind
/// `--password`, a cause `token`, a password that is also a part of the host's name; nor are words of up to
/// five letters. What came from elsewhere has been masked before.
Result<void> last_check(std::string_view text, const SecretSet& known, std::string_view what,
                        const std::vector<std::string>& own = {});

}  // namespace aztriage::decode
