#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

/// Whether an address is of a private network, this machine or this link: RFC 1918, 6598 (shared), 4193
/// (unique local), 3927 and 4291 (link-local, loopback). 168.63.129.16 counts as public: it is of a public
/// range, though Azure answers on it inside its networks only.
bool is_private(std::string_view address);

inline constexpr std::string_view kAddressClasses[] = {"private", "public", "mixed", "none"};
std::string_view class_of(const std::vector<std::string>& addresses);

}  // namespace aztriage::probe
