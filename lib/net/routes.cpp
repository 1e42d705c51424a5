#include "net/routes.h"

#include "base/text.h"
#include "fact/url.h"

namespace aztriage::net {
namespace {

/// Takes a piece up to the next colon, or a whole [IPv6 address] without its brackets.
std::string_view take_piece(std::string_view& rest) {
  std::string_view piece;
  if (rest.starts_with('[') && rest.find(']') != std::string_view::npos) {
    const std::size_t close = rest.find(']');
    piece = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  } else {
    piece = rest.substr(0, rest.find(':'));
    rest.remove_prefix(piece.size());
  }
  if (rest.starts_with(':'))
    rest.remove_prefix(1);
  else if (!rest.empty())
    piece = {};
  return piece;
}

bool read_port(std::string_view text, bool may_be_empty, int& port) {
  port = fact::port_number(text);
  return port != 0 || (may_be_empty && text.empty());
}

}  // namespace

Result<Routes> Routes::parse(const Settings& settings) {
  Routes routes;
  for (const std::string& entry : settings.connect_to) {
    std::string_view rest = entry;
    ConnectTo route;
    route.host = take_piece(rest);
    const bool from_good = read_port(take_piece(rest), true, route.port);
    route.to.host = take_piece(rest);
    const bool to_good = read_port(rest, true, route.to.port);
    if (!from_good || !to_good || text::split(entry, ':').size() < 4)
      return failed("--connect-to '" + entry + "' can't be read", "write HOST:PORT:HOST2:PORT2");
    routes.connect_to_.push_back(std::move(route));
  }
  for (const std::string& entry : settings.resolve) {
    std::string_view rest = entry;
    if (rest.starts_with('+')) rest.remove_prefix(1);
    Resolve route;
    route.host = take_piece(rest);
    bool good = read_port(take_piece(rest), false, route.port) && !route.host.empty();
    for (std::string_view piece : text::split(rest, ',')) {
      if (piece.starts_with('[') && piece.ends_with(']')) piece = piece.substr(1, piece.size() - 2);
      const auto address = parse_address(piece);
      good = good && address;
      if (address) route.addresses.push_back(*address);
    }
    if (!good) return failed("--resolve '" + entry + "' can't be read", "write HOST:PORT:ADDRESS[,ADDRESS]");
    routes.resolve_.push_back(std::move(route));
  }
  return routes;
}

std::optional<Place> Routes::instead_of(std::string_view host, int port) const {
  for (const ConnectTo& route : connect_to_) {
    if (!route.host.empty() && !dns::same_name(route.host, host)) continue;
    if (route.port != 0 && route.port != port) continue;
    return Place{route.to.host.empty() ? std::string(host) : route.to.host,
                 route.to.port == 0 ? port : route.to.port};
  }
  return std::nullopt;
}

std::vector<Address> Routes::addresses(std::string_view host, int port) const {
  for (const Resolve& route : resolve_)
    if (route.port == port && (route.host == "*" || dns::same_name(route.host, host))) return route.addresses;
  return {};
}

Result<Place> parse_server(std::string_view text) {
  Place server{std::string(text), 53};
  if (!parse_address(text)) {
    std::string_view rest = text;
    server.host = take_piece(rest);
    if (!read_port(rest, false, server.port)) {
      const bool bracketed = rest.empty() && text.ends_with(']');
      server.port = bracketed ? 53 : 0;
    }
  }
  const auto address = parse_address(server.host);
  if (!address || server.port == 0)
    return failed("name server '" + text::printable(text) + "' is not an address", "write IP or IP:PORT");
  server.host = address->text;
  return server;
}

std::string show_server(const Place& server) {
  return server.port == 53 ? server.host : join_host_port(server.host, server.port);
}

std::string join_host_port(std::string_view host, int port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return (v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port);
}

}  // namespace aztriage::net
