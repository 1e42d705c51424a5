#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

// Shapes: /azure/virtual-network/diagnose-network-traffic-filter-problem, and the REST reference of network
// security groups and effective security rules. Rules are tried by priority, the first that matches decides;
// what has to pass the groups of the subnet and of the interface has to be allowed by both
// (/azure/virtual-network/network-security-group-how-it-works).

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;
using nlohmann::json;

constexpr std::size_t kMostRules = 1000;

enum class Match { no, maybe, yes };

Match both(Match a, Match b) {
  return std::min(a, b);
}

struct Traffic {
  bool inbound = true;
  std::string protocol = "tcp";
  std::optional<double> port;
  std::optional<fact::Address> source, destination;
};

struct Rule {
  std::string name, access, direction, protocol, group;
  double priority = 0;
  bool standard = false;  // one that every group has
  std::vector<std::string> ports, sources, destinations;
  std::vector<std::string> wide_sources, wide_destinations;  // what service tags stand for, where it is told
  bool source_groups = false, destination_groups = false;    // application security groups
};

/// `name`, `names`: a text or a list, as the CLI and PowerShell write it.
std::vector<std::string> texts_of(const json& rule, std::initializer_list<std::string_view> names) {
  std::vector<std::string> out;
  for (const std::string_view name : names) {
    const json* node = json_member(rule, name);
    if (node == nullptr || node->is_null()) continue;
    const json list = node->is_array() ? *node : json::array({*node});
    for (const json& item : list) {
      std::string one = json_text(item);
      if (!one.empty() && out.size() < kMostRules) out.push_back(std::move(one));
    }
  }
  return out;
}

bool is_any(std::string_view prefix) {
  return prefix == "*" || prefix == "0.0.0.0/0" || prefix == "::/0" ||
         text::equal_ignoring_case(prefix, "any");
}

bool is_private(const fact::Address& address) {
  for (const char* range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}) {
    if (fact::parse_network(range)->contains(address)) return true;
  }
  return false;
}

/// Whether an address is in a prefix or service tag; maybe where only Azure knows.
Match address_in(const std::string& prefix, const fact::Address& address) {
  if (is_any(prefix)) return Match::yes;
  if (const auto network = fact::parse_network(prefix))
    return network->contains(address) ? Match::yes : Match::no;
  if (const auto one = fact::parse_address(prefix)) return *one == address ? Match::yes : Match::no;
  if (text::equal_ignoring_case(prefix, "Internet")) return is_private(address) ? Match::no : Match::yes;
  if (text::equal_ignoring_case(prefix, "AzureLoadBalancer"))
    return address == *fact::parse_address("168.63.129.16") ? Match::yes : Match::no;
  return Match::maybe;
}

/// The side that the rules guard is known to be in the virtual network even where its address is not given.
Match side(const std::vector<std::string>& prefixes, const std::vector<std::string>& wide, bool groups,
           const std::optional<fact::Address>& address, bool guarded) {
  if (groups) return Match::maybe;
  const bool any = std::any_of(prefixes.begin(), prefixes.end(), is_any);
  if (any || (prefixes.empty() && wide.empty())) return Match::yes;
  if (!address) {
    const bool network = std::any_of(prefixes.begin(), prefixes.end(), [](const std::string& one) {
      return text::equal_ignoring_case(one, "VirtualNetwork");
    });
    return guarded && network ? Match::yes : Match::maybe;
  }
  Match best = Match::no;
  // A tag that is spelt out below decides by that.
  for (const std::string& one : wide.empty() ? prefixes : wide)
    best = std::max(best, address_in(one, *address));
  return best;
}

Match port_match(const std::vector<std::string>& ranges, const std::optional<double>& port) {
  if (ranges.empty()) return Match::yes;
  Match best = Match::no;
  for (const std::string& range : ranges) {
    if (range == "*" || range == "0-65535") return Match::yes;
    if (!port) {
      best = Match::maybe;
      continue;
    }
    int from = -1;
    const char* end = range.data() + range.size();
    const auto first = std::from_chars(range.data(), end, from);
    int to = from;
    if (first.ptr != end && *first.ptr == '-') std::from_chars(first.ptr + 1, end, to);
    if (from >= 0 && *port >= from && *port <= to) return Match::yes;
  }
  return best;
}

Match matches(const Rule& rule, const Traffic& traffic) {
  if (text::equal_ignoring_case(rule.direction, "Inbound") != traffic.inbound) return Match::no;
  const std::string protocol = text::lower(rule.protocol);
  if (protocol != "*" && protocol != "all" && protocol != "any" && protocol != traffic.protocol)
    return Match::no;
  Match match = port_match(rule.ports, traffic.port);
  match = both(match,
               side(rule.sources, rule.wide_sources, rule.source_groups, traffic.source, !traffic.inbound));
  return both(match, side(rule.destinations, rule.wide_destinations, rule.destination_groups,
                          traffic.destination, traffic.inbound));
}

/// The rules of one group, of the subnet, the interface or a network manager.
struct Group {
  std::string name, at;
  std::vector<Rule> rules;
};

struct Decision {
  std::string access = "none";  // allow, deny, unknown, none
  const Rule* rule = nullptr;
  const Group* group = nullptr;
};

bool allows(const Rule& rule) {
  return !text::equal_ignoring_case(rule.access, "Deny");
}

/// A rule that may match leaves the answer open only where the one that surely does says otherwise.
Decision decide(const Group& group, const Traffic& traffic) {
  const Rule* maybe = nullptr;
  for (const Rule& rule : group.rules) {
    const Match match = matches(rule, traffic);
    if (match == Match::no) continue;
    if (match == Match::maybe) {
      if (maybe == nullptr) maybe = &rule;
      continue;
    }
    const bool open = maybe != nullptr && allows(*maybe) != allows(rule);
    if (open) return {"unknown", maybe, &group};
    return {allows(rule) ? "allow" : "deny", &rule, &group};
  }
  if (maybe != nullptr) return {"unknown", maybe, &group};
  return {"none", nullptr, &group};
}

class Nsg {
 public:
  explicit Nsg(Traffic traffic) : traffic_(std::move(traffic)) {}

  bool take(const json& document) {
    for (const char* list : {"value", "networkSecurityGroups"}) {
      const json* found = json_member(document, list);
      if (found == nullptr || !found->is_array()) continue;
      for (const json& one : *found) take_effective(one);
      return true;
    }
    if (json_member(document, "securityRules") != nullptr) return take_group(document);
    if (document.is_array()) return take_list(document);
    return false;
  }

  void put(fact::Observation& seen) {
    for (Group& group : groups_) {
      std::stable_sort(group.rules.begin(), group.rules.end(),
                       [](const Rule& a, const Rule& b) { return a.priority < b.priority; });
    }
    const Decision decision = decide_all();
    seen.answered = true;
    put_text(seen.facts, "access", decision.access, Kind::choice);
    if (decision.group != nullptr) {
      put_text(seen.facts, "nsg", decision.group->name);
      put_text(seen.facts, "at", decision.group->at, Kind::choice);
    }
    if (decision.rule != nullptr) {
      put_text(seen.facts, "rule", decision.rule->name);
      seen.facts["priority"] = Value::number(decision.rule->priority);
      seen.facts["default"] = Value::boolean(decision.rule->standard);
    }
    seen.facts["groups"] = Value::number(static_cast<double>(groups_.size()));
    put_rules(seen);
    for (const char* group : {"access", "rule", "priority", "default", "nsg", "at", "rules", "groups"})
      seen.read.insert(group);
  }

 private:
  static Rule rule_of(const json& node) {
    Rule rule;
    rule.name = json_text(node, "name");
    rule.standard = text::contains(text::lower(rule.name), "default") ||
                    text::contains(text::lower(json_text(node, "id")), "/defaultsecurityrules/");
    // Effective rules carry where they come from: `securityRules/allow-ssh`, `UserRule_allow-ssh`.
    if (const std::size_t slash = rule.name.rfind('/'); slash != std::string::npos)
      rule.name = rule.name.substr(slash + 1);
    if (rule.name.starts_with("UserRule_")) rule.name = rule.name.substr(9);
    rule.access = json_text(node, "access");
    rule.direction = json_text(node, "direction");
    rule.protocol = json_text(node, "protocol");
    rule.priority = json_number(node, "priority").value_or(0);
    rule.ports = texts_of(node, {"destinationPortRange", "destinationPortRanges"});
    rule.sources = texts_of(node, {"sourceAddressPrefix", "sourceAddressPrefixes"});
    rule.destinations = texts_of(node, {"destinationAddressPrefix", "destinationAddressPrefixes"});
    rule.wide_sources = texts_of(node, {"expandedSourceAddressPrefix"});
    rule.wide_destinations = texts_of(node, {"expandedDestinationAddressPrefix"});
    rule.source_groups = !json_items(node, "sourceApplicationSecurityGroups").empty();
    rule.destination_groups = !json_items(node, "destinationApplicationSecurityGroups").empty();
    return rule;
  }

  void add_rules(const json& list, Group& group) {
    for (const json& node : list) {
      if (++rules_ > kMostRules || json_text(node, "access").empty()) continue;
      group.rules.push_back(rule_of(node));
    }
  }

  static std::string last_part(const std::string& id) {
    return id.substr(id.rfind('/') == std::string::npos ? 0 : id.rfind('/') + 1);
  }

  void take_effective(const json& node) {
    Group group;
    group.name = last_part(json_text(node, "networkSecurityGroup.id"));
    group.at = !json_text(node, "association.networkInterface.id").empty() ? "nic"
               : !json_text(node, "association.subnet.id").empty()         ? "subnet"
               : !json_text(node, "association.networkManager.id").empty() ? "manager"
                                                                           : "group";
    add_rules(json_items(node, "effectiveSecurityRules"), group);
    if (!group.rules.empty()) groups_.push_back(std::move(group));
  }

  bool take_group(const json& node) {
    Group group{json_text(node, "name"), "group", {}};
    add_rules(json_items(node, "securityRules"), group);
    add_rules(json_items(node, "defaultSecurityRules"), group);
    groups_.push_back(std::move(group));
    return true;
  }

  /// Rules of one group (`nsg rule list`), or several groups (`nsg list`).
  bool take_list(const json& list) {
    Group group{"", "group", {}};
    add_rules(list, group);
    if (!group.rules.empty() || list.empty()) {
      groups_.push_back(std::move(group));
      return true;
    }
    for (const json& one : list) {
      if (json_member(one, "securityRules") != nullptr) take_group(one);
      if (json_member(one, "effectiveSecurityRules") != nullptr) take_effective(one);
    }
    return !groups_.empty();
  }

  Decision decide_all() const {
    Decision all;
    for (const Group& group : groups_) {
      const Decision one = decide(group, traffic_);
      const bool always = one.rule != nullptr && text::equal_ignoring_case(one.rule->access, "AlwaysAllow");
      if (one.access == "deny" || (always && one.access == "allow")) return one;
      // An open answer outweighs an allowing one; no rule at all says nothing.
      const bool weaker = all.access == "none" || (all.access == "allow" && one.access == "unknown");
      if (one.access != "none" && weaker) all = one;
    }
    return all;
  }

  void put_rules(fact::Observation& seen) const {
    Value::List list;
    for (const Group& group : groups_) {
      for (const Rule& rule : group.rules) {
        Value::Record record;
        put_field(record, "name", rule.name);
        put_field(record, "nsg", group.name);
        put_field(record, "access", text::lower(rule.access));
        put_field(record, "direction", text::lower(rule.direction));
        put_field(record, "protocol", text::lower(rule.protocol));
        put_field(record, "ports", text::join(rule.ports, ", "));
        put_field(record, "sources", text::join(rule.sources, ", "));
        put_field(record, "destinations", text::join(rule.destinations, ", "));
        record.emplace("priority", Value::number(rule.priority));
        record.emplace("default", Value::boolean(rule.standard));
        record.emplace("matches", Value::boolean(matches(rule, traffic_) != Match::no));
        list.push_back(Value::record(std::move(record)));
      }
    }
    seen.facts["rules"] = Value::list(std::move(list));
  }

  Traffic traffic_;
  std::vector<Group> groups_;
  std::size_t rules_ = 0;
};

Traffic traffic_of(const ReaderParams& params) {
  const auto given = [&](std::string_view name) {
    const auto found = params.find(name);
    return found == params.end() ? std::string() : fact::to_text(found->second);
  };
  Traffic traffic;
  traffic.inbound = given("direction") != "outbound";
  if (!given("protocol").empty()) traffic.protocol = given("protocol");
  const std::string port = given("port");
  double number = 0;
  if (std::from_chars(port.data(), port.data() + port.size(), number).ec == std::errc())
    traffic.port = number;
  traffic.source = fact::parse_address(given("source"));
  traffic.destination = fact::parse_address(given("destination"));
  return traffic;
}

Reading read(std::string_view text, const ReaderParams& params, std::span<const Wanted>) {
  Reading reading;
  const json document = find_document(text);
  Nsg nsg(traffic_of(params));
  if (document.is_discarded() || !nsg.take(document)) {
    reading.observation = unreadable("JSON of a network security group or of effective security rules");
  } else {
    nsg.put(reading.observation);
  }
  return reading;
}

constexpr std::array<std::string_view, 2> kDirections = {"inbound", "outbound"};
constexpr std::array<std::string_view, 3> kProtocols = {"tcp", "udp", "icmp"};
constexpr std::array<fact::ParamSpec, 5> kParams = {{
    {.name = "port", .type = {Kind::number}, .help = "port that the traffic goes to"},
    {.name = "source", .type = {Kind::ip}, .help = "address that it comes from"},
    {.name = "destination", .type = {Kind::ip}, .help = "address that it goes to"},
    {.name = "direction",
     .type = {.kind = Kind::choice, .words = kDirections},
     .help = "as the virtual machine sees it",
     .default_value = "inbound"},
    {.name = "protocol",
     .type = {.kind = Kind::choice, .words = kProtocols},
     .help = "its protocol",
     .default_value = "tcp"},
}};
constexpr std::array<std::string_view, 4> kAccess = {"allow", "deny", "unknown", "none"};
constexpr std::array<std::string_view, 4> kPlaces = {"subnet", "nic", "manager", "group"};
constexpr std::array<fact::FactSpec, 11> kRuleFields = {{
    {"name", {Kind::text}, "its name"},
    {"nsg", {Kind::text}, "the group it belongs to"},
    {"access", {Kind::text}, "allow or deny"},
    {"direction", {Kind::text}, "inbound or outbound"},
    {"protocol", {Kind::text}, "tcp, udp, ..., or * or all"},
    {"ports", {Kind::text}, "destination ports, joined by commas"},
    {"sources", {Kind::text}, "prefixes and tags it holds for, joined by commas"},
    {"destinations", {Kind::text}, "the same of the destination"},
    {"priority", {Kind::number}, "the smallest is tried first"},
    {"default", {Kind::boolean}, "whether every group has it"},
    {"matches", {Kind::boolean}, "whether it may hold for this traffic"},
}};
constexpr std::array<fact::FactSpec, 9> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"access",
     {.kind = Kind::choice, .words = kAccess},
     "what becomes of the traffic; unknown where a tag or group of which the text says too little decides, "
     "none where no rule matches"},
    {"rule", {Kind::text}, "the rule that decides"},
    {"priority", {Kind::number}, "its priority"},
    {"default", {Kind::boolean}, "whether it is one that every group has"},
    {"nsg", {Kind::text}, "the group it belongs to"},
    {"at", {.kind = Kind::choice, .words = kPlaces}, "where that group is attached"},
    {"groups", {Kind::number}, "how many groups the text tells of"},
    {"rules", {.kind = Kind::list, .item = Kind::record, .fields = kRuleFields}, "all rules, by priority"},
}};

}  // namespace

extern const ReaderSpec kNsgReader;
const ReaderSpec kNsgReader = {
    "nsg",
    "JSON of az network nic list-effective-nsg, nsg show or nsg rule list, and what its "
    "rules do with given traffic",
    kParams, kFacts, read};

}  // namespace aztriage::decode
