#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe {

bool is_redirect(int status);

/// The URL that a Location header means, seen from `base` (RFC 3986, 5); without its fragment. Nothing when
/// it can't be one.
std::optional<std::string> resolve_location(std::string_view base, std::string_view location);

/// The method of the next request: GET after 303, and after 301 or 302 to a POST.
std::string method_after(int status, std::string_view method);

}  // namespace aztriage::probe
