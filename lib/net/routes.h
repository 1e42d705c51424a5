#pragma once

#include "base/result.h"
#include "net/names.h"
#include "net/net.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::net {

/// --connect-to and --resolve, read as curl reads them.
class Routes {
 public:
  static Result<Routes> parse(const Settings& settings);

  /// Where to connect instead; nothing when no entry fits.
  std::optional<Place> instead_of(std::string_view host, int port) const;
  /// The addresses that were given for it; empty when none were.
  std::vector<Address> addresses(std::string_view host, int port) const;

 private:
  struct ConnectTo {
    std::string host;  // empty: any
    int port = 0;      // 0: any
    Place to;          // empty or 0: unchanged
  };
  struct Resolve {
    std::string host;  // "*": any
    int port = 0;
    std::vector<Address> addresses;
  };
  std::vector<ConnectTo> connect_to_;
  std::vector<Resolve> resolve_;
};

/// IP, IP:PORT or [IP]:PORT, as --dns-server and the dns probe take it; the port is 53 unless said.
Result<Place> parse_server(std::string_view text);
/// The same in its shortest form: without a port that is 53.
std::string show_server(const Place& server);

}  // namespace aztriage::net
