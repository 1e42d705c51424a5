#pragma once

#include "engine/place.h"

#include <string_view>

namespace aztriage::casefile {

/// How a host name's answer is called in a case.
std::string_view name_of(engine::HostSign::Name name);
engine::HostSign::Name name_from(std::string_view text);

}  // namespace aztriage::casefile
