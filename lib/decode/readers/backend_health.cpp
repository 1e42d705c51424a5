#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/lines.h"

#include <array>

#include <nlohmann/json.hpp>

// Shape: /azure/application-gateway/application-gateway-backend-health-troubleshooting and the REST reference
// of application gateways, operation Backend Health.

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;
using nlohmann::json;

constexpr std::size_t kMostServers = 500;
constexpr std::size_t kMostMessages = 16 * 1024;

std::string last_part(const std::string& id) {
  return id.substr(id.rfind('/') == std::string::npos ? 0 : id.rfind('/') + 1);
}

class BackendHealth {
 public:
  bool take(const json& document) {
    const json* pools = json_member(document, "backendAddressPools");
    if (pools == nullptr) pools = json_member(document, "backendAddressPool");  // the health of one
    if (pools == nullptr) return false;
    const json& settings = json_member(document, "backendHealthHttpSettings") != nullptr
                               ? *json_member(document, "backendHealthHttpSettings")
                               : json();
    if (pools->is_array()) {
      for (const json& pool : *pools) take_pool(pool);
    } else {
      take_servers(json_items(settings, "servers"), last_part(json_text(*pools, "id")), "");
    }
    return true;
  }

  void put(fact::Observation& seen) {
    const double all = static_cast<double>(servers_.size());
    seen.answered = true;
    put_text(seen.facts, "health",
             all == 0          ? "no-servers"
             : healthy_ == all ? "all"
             : healthy_ > 0    ? "some"
             : unknown_ == all ? "unknown"
                               : "none",
             Kind::choice);
    seen.facts["servers.count"] = Value::number(all);
    seen.facts["servers"] = Value::list(std::move(servers_));
    seen.facts["servers.healthy"] = Value::number(healthy_);
    seen.facts["servers.unhealthy"] = Value::number(unhealthy_);
    seen.facts["servers.unknown"] = Value::number(unknown_);
    put_text(seen.facts, "messages", messages_);
    for (const char* group : {"health", "servers", "messages"}) seen.read.insert(group);
  }

 private:
  void take_pool(const json& pool) {
    const std::string name = last_part(json_text(pool, "backendAddressPool.id"));
    for (const char* list : {"backendHttpSettingsCollection", "backendSettingsCollection"}) {
      for (const json& settings : json_items(pool, list)) {
        const std::string id = json_text(settings, "backendHttpSettings.id");
        take_servers(json_items(settings, "servers"), name, last_part(id));
      }
    }
  }

  void take_servers(const json& servers, const std::string& pool, const std::string& settings) {
    for (const json& server : servers) {
      if (servers_.size() >= kMostServers) return;
      const std::string health = text::lower(json_text(server, "health"));
      const std::string log = json_text(server, "healthProbeLog");
      // A server that is draining or only partly up is neither.
      (health == "healthy" || health == "up"       ? healthy_
       : health == "unhealthy" || health == "down" ? unhealthy_
                                                   : unknown_) += 1;
      const bool bad = health != "healthy" && health != "up";
      const bool told = ("\n" + messages_).find("\n" + log + "\n") != std::string::npos;
      if (bad && !log.empty() && !told && messages_.size() + log.size() < kMostMessages)
        messages_ += log + "\n";
      Value::Record record;
      put_field(record, "address", json_text(server, "address"));
      put_field(record, "health", health);
      put_field(record, "log", log);
      put_field(record, "pool", pool);
      put_field(record, "settings", settings);
      servers_.push_back(Value::record(std::move(record)));
    }
  }

  Value::List servers_;
  std::string messages_;
  double healthy_ = 0, unhealthy_ = 0, unknown_ = 0;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  Reading reading;
  const json document = find_document(text);
  BackendHealth health;
  if (document.is_discarded() || !health.take(document)) {
    reading.observation = unreadable("JSON of az network application-gateway show-backend-health");
  } else {
    health.put(reading.observation);
  }
  return reading;
}

constexpr std::array<std::string_view, 5> kHealth = {"all", "some", "none", "unknown", "no-servers"};
constexpr std::array<fact::FactSpec, 5> kServerFields = {{
    {"address", {Kind::text}, "address or name of the server"},
    {"health", {Kind::text}, "healthy, unhealthy, unknown, partial, draining"},
    {"log", {Kind::text}, "why, in the gateway's words"},
    {"pool", {Kind::text}, "the backend pool"},
    {"settings", {Kind::text}, "the backend settings"},
}};
constexpr std::array<fact::FactSpec, 8> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"health", {.kind = Kind::choice, .words = kHealth}, "how many of the servers are healthy"},
    {"servers", {.kind = Kind::list, .item = Kind::record, .fields = kServerFields}, "the servers"},
    {"servers.count", {Kind::number}, "how many"},
    {"servers.healthy", {Kind::number}, "how many are healthy"},
    {"servers.unhealthy", {Kind::number}, "how many are unhealthy"},
    {"servers.unknown", {Kind::number}, "of how many the gateway can't say"},
    {"messages", {Kind::text}, "what the gateway says of those that are not healthy, a line each"},
}};

}  // namespace

extern const ReaderSpec kBackendHealthReader;
const ReaderSpec kBackendHealthReader = {
    "backend-health", "JSON of az network application-gateway show-backend-health", {}, kFacts, read};

}  // namespace aztriage::decode
