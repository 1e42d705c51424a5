#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include <nlohmann/json.hpp>

// Shapes: /azure/virtual-network/diagnose-network-routing-problem for effective routes; ip-route(8), route(8)
// and Windows' route print, which is read by its addresses, so that its language does not matter.

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;
using nlohmann::json;

constexpr std::size_t kMostRoutes = 1000;

struct Route {
  std::string prefix;  // as it was written; a service tag is none that can be looked into
  std::optional<fact::Network> network;
  std::string hop, address, interface, source, name;
  bool active = true;
  double metric = 0;
};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (const std::string_view piece : text::split(line, ' ')) {
    for (const std::string_view word : text::split(piece, '\t')) {
      if (!word.empty()) words.push_back(word);
    }
  }
  return words;
}

bool is_address(std::string_view word) {
  return fact::parse_address(word).has_value();
}

/// The length of the prefix that a mask such as 255.255.0.0 stands for.
std::optional<int> mask_length(std::string_view word) {
  const auto mask = fact::parse_address(word);
  if (!mask || mask->family != 4) return std::nullopt;
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) bits = bits << 8 | mask->bytes[static_cast<std::size_t>(i)];
  const int length = std::countl_one(bits);
  if (length < 32 && (bits << length) != 0) return std::nullopt;
  return length;
}

double number_of(std::string_view word) {
  double number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

std::optional<fact::Network> network_of(std::string_view prefix) {
  if (prefix == "default") return fact::parse_network("0.0.0.0/0");
  if (auto network = fact::parse_network(prefix)) return network;
  if (const auto address = fact::parse_address(prefix))
    return fact::Network{*address, address->family == 4 ? 32 : 128};
  return std::nullopt;
}

class Routes {
 public:
  explicit Routes(const ReaderParams& params) {
    const auto found = params.find("destination");
    if (found != params.end()) destination_ = fact::parse_address(fact::to_text(found->second));
  }

  bool take_document(const json& document) {
    const json* list = json_member(document, "value");
    if (list == nullptr) list = json_member(document, "routes");
    if (list == nullptr && document.is_array()) list = &document;
    if (list == nullptr || !list->is_array()) return false;
    for (const json& node : *list) take_node(node);
    return !routes_.empty() || list->empty();
  }

  bool take_text(std::string_view text) {
    for (const std::string_view line : text::split(text, '\n')) take_line(text::trim(line));
    return !routes_.empty();
  }

  void put(fact::Observation& seen) const {
    seen.answered = true;
    if (destination_) put_route(seen, best(*destination_), "");
    put_route(seen, best_for(*fact::parse_network("0.0.0.0/0")), "default.");
    Value::List list;
    for (const Route& route : routes_) list.push_back(record_of(route));
    seen.facts["routes.count"] = Value::number(static_cast<double>(list.size()));
    seen.facts["routes"] = Value::list(std::move(list));
    for (const char* group : {"default", "routes"}) seen.read.insert(group);
    if (destination_) seen.read.insert("next-hop");
  }

 private:
  void add(Route route, std::string_view prefix) {
    if (routes_.size() >= kMostRoutes) return;
    route.prefix = prefix == "default" ? "0.0.0.0/0" : text::to_utf8(prefix);
    route.network = network_of(prefix);
    routes_.push_back(std::move(route));
  }

  /// An effective route has lists of prefixes and next hops, a route of a table has one of each.
  void take_node(const json& node) {
    Route route;
    route.hop = json_text(node, "nextHopType");
    if (route.hop.empty()) return;
    route.name = json_text(node, "name");
    route.source = json_text(node, "source");
    const std::string state = json_text(node, "state");
    route.active = state.empty() || text::equal_ignoring_case(state, "Active");
    const json& hops = json_items(node, "nextHopIpAddress");
    route.address =
        hops.is_array() && !hops.empty() ? json_text(hops[0]) : json_text(node, "nextHopIpAddress");
    if (!is_address(route.address)) route.address.clear();
    const json& prefixes = json_items(node, "addressPrefix");
    for (const json& prefix : prefixes) add(route, json_text(prefix));
    if (prefixes.empty() && !json_text(node, "addressPrefix").empty())
      add(route, json_text(node, "addressPrefix"));
  }

  void take_line(std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 2) return;
    if (take_table(words) || take_bsd(words) || take_windows(words) || take_windows6(words)) return;
    take_linux(words);
  }

  /// `User  Active  0.0.0.0/0  VirtualAppliance  10.0.1.4` of `-o table`.
  bool take_table(const std::vector<std::string_view>& words) {
    const bool state = words[1] == "Active" || words[1] == "Invalid";
    if (!state || words.size() < 4 || !network_of(words[2])) return false;
    Route route;
    route.source = words[0];
    route.active = words[1] == "Active";
    route.hop = words[3];
    if (words.size() > 4 && is_address(words[4])) route.address = words[4];
    add(std::move(route), words[2]);
    return true;
  }

  /// `0.0.0.0  10.0.0.1  0.0.0.0  UG  0 0 0 eth0` of `netstat -rn` and `route -n`.
  bool take_bsd(const std::vector<std::string_view>& words) {
    if (words.size() < 8 || !is_address(words[1]) || !words[3].starts_with('U')) return false;
    const auto length = mask_length(words[2]);
    if (!length || !is_address(words[0])) return false;
    Route route;
    const bool gateway = words[3].find('G') != std::string_view::npos;
    route.hop = gateway ? "gateway" : "on-link";
    if (gateway) route.address = words[1];
    route.metric = number_of(words[4]);
    route.interface = words.back();
    add(std::move(route), std::string(words[0]) + "/" + std::to_string(*length));
    return true;
  }

  /// `0.0.0.0  0.0.0.0  10.0.0.1  10.0.0.4  10`; "On-link" may be of several words.
  bool take_windows(const std::vector<std::string_view>& words) {
    if (words.size() < 5 || !is_address(words[0])) return false;
    const auto length = mask_length(words[1]);
    const std::string_view interface = words[words.size() - 2];
    if (!length || !is_address(interface) || number_of(words.back()) <= 0) return false;
    Route route;
    const bool gateway = words.size() == 5 && is_address(words[2]);
    route.hop = gateway ? "gateway" : "on-link";
    if (gateway) route.address = words[2];
    route.interface = interface;
    route.metric = number_of(words.back());
    add(std::move(route), std::string(words[0]) + "/" + std::to_string(*length));
    return true;
  }

  /// ` 12  281 ::/0  fe80::1` of IPv6, and `12  0.0.0.0/0  10.0.0.1  0  15  ActiveStore` of Get-NetRoute.
  bool take_windows6(const std::vector<std::string_view>& words) {
    for (const std::size_t at : {std::size_t{1}, std::size_t{2}}) {
      if (words.size() <= at + 1 || words[at].find('/') == std::string_view::npos || !network_of(words[at]))
        continue;
      if (number_of(words[0]) <= 0) return false;
      Route route;
      const bool gateway = is_address(words[at + 1]) && words[at + 1] != "0.0.0.0" && words[at + 1] != "::";
      route.hop = gateway ? "gateway" : "on-link";
      if (gateway) route.address = words[at + 1];
      route.interface = words[0];
      route.metric = at == 2 ? number_of(words[1]) : words.size() > 3 ? number_of(words[3]) : 0;
      add(std::move(route), words[at]);
      return true;
    }
    return false;
  }

  /// `default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.4 metric 100`, `blackhole 10.1.0.0/16`.
  bool take_linux(const std::vector<std::string_view>& words) {
    constexpr auto kRefusals =
        std::to_array<std::string_view>({"blackhole", "unreachable", "prohibit", "throw"});
    const bool refused = std::find(kRefusals.begin(), kRefusals.end(), words[0]) != kRefusals.end();
    const std::string_view prefix = refused ? words[1] : words[0];
    if (!network_of(prefix)) return false;
    Route route;
    route.hop = refused ? std::string(words[0]) : "on-link";
    bool known = refused;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (words[i] == "via" && is_address(words[i + 1])) {
        route.hop = "gateway";
        route.address = words[i + 1];
        known = true;
      }
      if (words[i] == "dev") {
        route.interface = words[i + 1];
        known = true;
      }
      if (words[i] == "metric") route.metric = number_of(words[i + 1]);
      if (words[i] == "proto") route.source = words[i + 1];
    }
    const bool six = prefix == "default" && fact::parse_address(route.address) &&
                     fact::parse_address(route.address)->family == 6;
    if (known) add(std::move(route), six ? "::/0" : prefix);
    return known;
  }

  /// Of equal length Azure prefers routes of people, then those of a gateway, then its own; a host the
  /// smaller metric.
  static int rank(const Route& route) {
    return route.source == "User" ? 0 : route.source == "VirtualNetworkGateway" ? 1 : 2;
  }
  static bool better(const Route& a, const Route* b) {
    if (b == nullptr) return true;
    if (a.network->prefix != b->network->prefix) return a.network->prefix > b->network->prefix;
    if (rank(a) != rank(*b)) return rank(a) < rank(*b);
    return a.metric < b->metric;
  }
  const Route* best(const fact::Address& address) const {
    const Route* found = nullptr;
    for (const Route& route : routes_) {
      if (route.active && route.network && route.network->contains(address) && better(route, found))
        found = &route;
    }
    return found;
  }
  const Route* best_for(const fact::Network& network) const {
    const Route* found = nullptr;
    for (const Route& route : routes_) {
      if (route.active && route.network && *route.network == network && better(route, found)) found = &route;
    }
    return found;
  }

  static void put_route(fact::Observation& seen, const Route* route, const std::string& before) {
    if (route == nullptr) return;
    put_text(seen.facts, before + "next-hop", route->hop);
    put_text(seen.facts, before + "address", route->address, Kind::ip);
    put_text(seen.facts, before + "source", route->source);
    if (!before.empty()) return;
    put_text(seen.facts, "prefix", route->prefix);
    put_text(seen.facts, "interface", route->interface);
    put_text(seen.facts, "name", route->name);
  }

  static Value record_of(const Route& route) {
    Value::Record record;
    put_field(record, "prefix", route.prefix);
    put_field(record, "next-hop", route.hop);
    put_field(record, "address", route.address);
    put_field(record, "interface", text::to_utf8(route.interface));
    put_field(record, "source", text::to_utf8(route.source));
    put_field(record, "name", route.name);
    record.emplace("active", Value::boolean(route.active));
    record.emplace("metric", Value::number(route.metric));
    return Value::record(std::move(record));
  }

  std::vector<Route> routes_;
  std::optional<fact::Address> destination_;
};

Reading read(std::string_view text, const ReaderParams& params, std::span<const Wanted>) {
  Reading reading;
  Routes routes(params);
  const json document = find_document(text);
  const bool found = document.is_discarded() ? routes.take_text(text) : routes.take_document(document);
  if (found) {
    routes.put(reading.observation);
  } else {
    reading.observation = unreadable("table of routes");
  }
  return reading;
}

constexpr std::array<fact::ParamSpec, 1> kParams = {{
    {.name = "destination", .type = {Kind::ip}, .help = "address whose route is looked for"},
}};
constexpr std::array<fact::FactSpec, 8> kRouteFields = {{
    {"prefix", {Kind::text}, "the destinations"},
    {"next-hop", {Kind::text}, "what it leads to"},
    {"address", {Kind::text}, "address of the next hop"},
    {"interface", {Kind::text}, "interface, or its address or number"},
    {"source", {Kind::text}, "where it comes from: Default, User, VirtualNetworkGateway; kernel, dhcp, ..."},
    {"name", {Kind::text}, "its name"},
    {"active", {Kind::boolean}, "whether it is used"},
    {"metric", {Kind::number}, "its metric"},
}};
constexpr std::array<fact::FactSpec, 12> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"next-hop",
     {Kind::text},
     "where the way to the destination leads: Internet, VirtualAppliance, VnetLocal, VirtualNetworkGateway, "
     "None, ...; "
     "of a host: gateway, on-link, blackhole, unreachable"},
    {"address", {Kind::ip}, "address of that next hop", "next-hop"},
    {"source", {Kind::text}, "where that route comes from", "next-hop"},
    {"prefix", {Kind::text}, "the prefix that decides", "next-hop"},
    {"interface", {Kind::text}, "the interface of a host's route", "next-hop"},
    {"name", {Kind::text}, "name of the route", "next-hop"},
    {"default.next-hop", {Kind::text}, "the same of the route of 0.0.0.0/0"},
    {"default.address", {Kind::ip}, "address of its next hop"},
    {"default.source", {Kind::text}, "where it comes from"},
    {"routes", {.kind = Kind::list, .item = Kind::record, .fields = kRouteFields}, "all routes"},
    {"routes.count", {Kind::number}, "how many"},
}};

}  // namespace

extern const ReaderSpec kRoutesReader;
const ReaderSpec kRoutesReader = {"routes",
                                  "az network nic show-effective-route-table or route-table route list, ip "
                                  "route, route print, netstat -rn, "
                                  "Get-NetRoute",
                                  kParams, kFacts, read};

}  // namespace aztriage::decode
