#pragma once

#include "engine/place.h"
#include "engine/source.h"
#include "net/net.h"

#include <functional>
#include <memory>

namespace aztriage::engine {

/// Looks at the place we look from, all at once: whether each name server of this machine answers at all,
/// what the portal check shows, and (with `reference`) certificates, dates and names of hosts that nobody
/// here owns.
std::unique_ptr<Looking> look_at_vantage(const playbook::VantageData& data, bool reference, net::Net& net,
                                         std::function<void(PlaceSigns)> done);

}  // namespace aztriage::engine
