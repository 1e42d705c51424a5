#pragma once

#include "fact/observation.h"

#include <map>
#include <optional>
#include <string>

namespace aztriage::test {

/// A client, two routers and a server, each in a network namespace of its own. The client is 10.0.1.2 and
/// fd00:1::2, the routers toward it 10.0.1.1 and 10.0.2.2, the server 10.0.3.2 and fd00:3::2. On its port 443
/// the server answers whatever it gets with 6,000 bytes.
struct Routers {
  int mtu = 1500;            // of the link between the routers
  bool quiet = false;        // neither router says that a packet is too big
  bool dropping = false;     // the second router drops all that is for the server
  bool denying = false;      // or says that it is prohibited
  int most_received = 0;     // larger packets of the server are dropped, too
  int most_connections = 0;  // so many connections pass the second router in all; 0: any number
};

/// What a probe on the client sees; nothing when no namespaces can be had here.
std::optional<fact::Observation> look_through(const Routers& routers, const std::string& probe,
                                              const std::map<std::string, std::string>& given);

}  // namespace aztriage::test
