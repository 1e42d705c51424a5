#include "decode/redis_info.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostCalls = 100;
constexpr std::size_t kMostErrors = 50;
constexpr std::size_t kLongestText = 100;

std::string said(std::string_view bytes, std::size_t most) {
  return text::to_utf8(bytes.substr(0, most));
}

std::string host_and_port(const std::string& host, const std::string& port) {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + port;
}

struct Field {
  std::string_view key, fact;
  Kind kind;
};
constexpr std::array<Field, 24> kFields = {{
    {"redis_version", "version", Kind::text},
    {"redis_mode", "mode", Kind::text},
    {"run_id", "run-id", Kind::text},
    {"uptime_in_seconds", "uptime", Kind::number},
    {"role", "role", Kind::text},
    {"loading", "loading", Kind::boolean},
    {"connected_clients", "clients", Kind::number},
    {"maxclients", "clients-max", Kind::number},
    {"blocked_clients", "clients-blocked", Kind::number},
    {"total_connections_received", "connections.received", Kind::number},
    {"rejected_connections", "connections.rejected", Kind::number},
    {"used_memory", "memory.used", Kind::number},
    {"maxmemory", "memory.max", Kind::number},
    {"maxmemory_policy", "memory.policy", Kind::text},
    {"mem_fragmentation_ratio", "memory.fragmentation", Kind::number},
    {"evicted_keys", "evicted", Kind::number},
    {"expired_keys", "expired", Kind::number},
    {"keyspace_hits", "hits", Kind::number},
    {"keyspace_misses", "misses", Kind::number},
    {"instantaneous_ops_per_sec", "operations", Kind::number},
    {"connected_slaves", "replication.replicas", Kind::number},
    {"master_link_status", "replication.link", Kind::text},
    {"master_sync_in_progress", "replication.syncing", Kind::boolean},
    {"cluster_enabled", "cluster.enabled", Kind::boolean},
}};

std::optional<double> number_of(std::string_view text) {
  double n = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || rest != text.data() + text.size() || !std::isfinite(n)) return std::nullopt;
  return n;
}

/// `calls=3` of `calls=3,usec=...`.
std::optional<double> member(std::string_view list, std::string_view name) {
  for (const std::string_view one : text::split(list, ',')) {
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return number_of(one.substr(name.size() + 1));
  }
  return std::nullopt;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '|';
  });
}

/// Reads the lines, then draws the figures that need two of them.
class Reading {
 public:
  explicit Reading(fact::Observation& seen) : seen_(seen) {}

  void line(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view key = text.substr(0, colon);
    const std::string_view value = text.substr(colon + 1);
    const auto field = std::ranges::find(kFields, key, &Field::key);
    if (field != kFields.end()) return known(*field, value);
    if (key == "server_load") return put("server-load", number_of(value));
    if (key == "rdb_last_bgsave_status" || key == "aof_last_write_status") {
      disk_failed_ = disk_failed_.value_or(false) || value != "ok";
    } else if (key == "master_host") {
      primary_host_ = said(value, kLongestText);
    } else if (key == "master_port") {
      primary_port_ = said(value, 5);
    } else if (key.starts_with("cmdstat_")) {
      count_call(key.substr(8), value);
    } else if (key.starts_with("errorstat_")) {
      count_error(key.substr(10), value);
    } else if (key.starts_with("db") && number_of(key.substr(2))) {
      keys_ = keys_.value_or(0) + member(value, "keys").value_or(0);
      expiring_ += member(value, "expires").value_or(0);
    }
  }

  void finish() {
    seen_.read.insert("info");
    put("keys", keys_.value_or(0));
    if (keys_.value_or(0) > 0) put("keys-expiring-share", std::min(1.0, expiring_ / *keys_));
    share("memory.used", "memory.max", "memory.used-share");
    share("clients", "clients-max", "clients-used-share");
    if (disk_failed_) put("persistence.failed", Value::boolean(*disk_failed_));
    if (!primary_host_.empty()) {
      put("replication.primary", Value::text(host_and_port(primary_host_, primary_port_)));
    }
    const auto hits = fact_number("hits");
    const auto misses = fact_number("misses");
    if (hits && misses && *hits + *misses > 0) put("hit-share", *hits / (*hits + *misses));
    if (!commands_) return;
    seen_.read.insert("calls");
    put("flushes", calls("flushall") + calls("flushdb"));
    put("keys-calls", calls("keys"));
    put("script-calls", calls("eval") + calls("evalsha") + calls("fcall"));
  }

 private:
  void put(std::string_view name, Value value) {
    seen_.facts.insert_or_assign(std::string(name), std::move(value));
  }
  void put(std::string_view name, std::optional<double> value) {
    if (value) put(name, Value::number(*value));
  }
  void known(const Field& field, std::string_view value) {
    if (field.kind == Kind::text) return put(field.fact, Value::text(said(value, kLongestText)));
    const auto n = number_of(value);
    if (field.kind == Kind::boolean && n) return put(field.fact, Value::boolean(*n != 0));
    put(field.fact, n);
  }
  void count_call(std::string_view name, std::string_view value) {
    const auto count = member(value, "calls");
    if (!count || !is_name(name) || called_ >= kMostCalls) return;
    commands_ = true;
    ++called_;
    put("calls." + text::lower(name), count);
  }
  void count_error(std::string_view name, std::string_view value) {
    const auto count = member(value, "count");
    if (!count || !is_name(name) || errors_ >= kMostErrors) return;
    ++errors_;
    seen_.read.insert("errors");
    put("errors." + std::string(name), count);
  }
  std::optional<double> fact_number(std::string_view name) const {
    const auto found = seen_.facts.find(name);
    if (found == seen_.facts.end()) return std::nullopt;
    return found->second.as_number();
  }
  double calls(std::string_view command) const {
    return fact_number("calls." + std::string(command)).value_or(0);
  }
  void share(std::string_view used, std::string_view most, std::string_view name) {
    const auto part = fact_number(used);
    const auto whole = fact_number(most);
    if (part && whole && *whole > 0) put(name, *part / *whole);
  }

  fact::Observation& seen_;
  std::optional<double> keys_;
  double expiring_ = 0;
  std::optional<bool> disk_failed_;
  std::string primary_host_, primary_port_;
  bool commands_ = false;
  std::size_t called_ = 0;
  std::size_t errors_ = 0;
};

}  // namespace

void fill_redis_info(std::string_view info, fact::Observation& seen) {
  Reading reading(seen);
  for (std::size_t at = 0; at < info.size();) {
    const std::size_t end = std::min(info.find('\n', at), info.size());
    std::string_view line = info.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    reading.line(line);
    at = end + 1;
  }
  reading.finish();
}

}  // namespace aztriage::decode
