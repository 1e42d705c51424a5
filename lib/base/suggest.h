#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage {

/// The known words nearest to a misspelt one, best first, at most `limit`; none when nothing is near.
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& known,
                                 std::size_t limit = 3);

/// `did you mean 'a'?`, `did you mean 'a' or 'b'?`, or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace aztriage
