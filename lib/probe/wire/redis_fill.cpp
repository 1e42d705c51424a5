// What a talk with Redis tells as facts.
#include "base/text.h"
#include "net/names.h"
#include "probe/head.h"
#include "probe/wire/redis.h"
#include "probe/wire/said.h"

#include <algorithm>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kMostNodes = 200;
constexpr int kSlots = 16384;

double median(std::vector<double> list) {
  std::ranges::sort(list);
  const std::size_t middle = list.size() / 2;
  return list.size() % 2 == 1 ? list[middle] : (list[middle - 1] + list[middle]) / 2;
}

}  // namespace

void RedisTalk::fill(fact::Observation& seen) const {
  seen.answered = answered_;
  auto& facts = seen.facts;
  for (const auto& [name, value] : info_.facts) facts.insert_or_assign(name, value);
  seen.read.insert(info_.read.begin(), info_.read.end());
  if (!auth_.empty()) facts.insert_or_assign("auth", Value::text(std::string(auth_), Kind::choice));
  if (auth_ == "withheld") facts.insert_or_assign("withheld", Value::boolean(true));
  if (answered_) seen.read.insert("reply");
  if (!first_text_.empty()) {
    facts.insert_or_assign("reply.error", Value::text(first_word_));
    facts.insert_or_assign("reply.text", Value::text(first_text_));
  }
  if (!moved_to_.empty()) facts.insert_or_assign("moved.to", Value::text(moved_to_, Kind::endpoint));
  if (looked_) facts.insert_or_assign("denied", Value::list_of(Kind::text, denied_));
  if (server_time_) facts.insert_or_assign("server-time", Value::number(*server_time_));
  fill_pings(seen);
  fill_replies(seen);
  fill_slowlog(seen);
  fill_nodes(seen);
  if (answered_) seen.summary = summary(seen);
}

void RedisTalk::fill_pings(fact::Observation& seen) const {
  if (pings_ == 0) return;
  auto& facts = seen.facts;
  const bool refused = trips_.empty() && !first_text_.empty();
  facts.insert_or_assign("ping.count", Value::number(pings_));
  // An error is an answer, too.
  facts.insert_or_assign("ping.lost", Value::number(refused ? 0 : pings_ - static_cast<int>(trips_.size())));
  if (trips_.empty()) return;
  const auto [least, most] = std::ranges::minmax(trips_);
  facts.insert_or_assign("ping.median", Value::number(median(trips_)));
  facts.insert_or_assign("ping.max", Value::number(most));
  facts.insert_or_assign("ping.spread", Value::number(most - least));
}

void RedisTalk::fill_replies(fact::Observation& seen) const {
  if (asked_.commands.empty() || !looked_) return;
  Value::List list;
  for (const Reply& reply : replies_) {
    Value::Record one = {{"command", Value::text(reply.command)}, {"seconds", Value::number(reply.seconds)}};
    if (!reply.error.empty()) one.emplace("error", Value::text(reply.error));
    if (!reply.text.empty()) one.emplace("text", Value::text(reply.text));
    if (reply.size) one.emplace("size", Value::number(*reply.size));
    list.push_back(Value::record(std::move(one)));
  }
  seen.facts.insert_or_assign("replies", Value::list(std::move(list)));
  seen.read.insert("replies");
}

void RedisTalk::fill_slowlog(fact::Observation& seen) const {
  if (!slowlog_read_) return;
  seen.read.insert("slowlog");
  seen.facts.insert_or_assign("slowlog.commands", Value::list_of(Kind::text, slow_));
  if (slow_.empty()) return;
  seen.facts.insert_or_assign("slowlog.slowest", Value::number(slowest_));
  if (server_time_ && slow_at_)
    seen.facts.insert_or_assign("slowlog.newest", Value::number(std::max(0.0, *server_time_ - *slow_at_)));
}

void RedisTalk::fill_nodes(fact::Observation& seen) const {
  if (!nodes_read_) return;
  seen.read.insert("nodes");
  std::vector<std::string> all, failed;
  int primaries = 0;
  int slots = 0;
  bool by_address = false;
  for (const RedisNode& node : nodes_) {
    const std::string place = net::join_host_port(node.host, node.port);
    if (all.size() < kMostNodes) all.push_back(place);
    if (node.failed && failed.size() < kMostNodes) failed.push_back(place);
    primaries += node.slots > 0 ? 1 : 0;
    slots += node.failed ? 0 : node.slots;
    by_address = by_address || net::parse_address(node.host).has_value();
  }
  auto& facts = seen.facts;
  facts.insert_or_assign("cluster.nodes", Value::list_of(Kind::endpoint, all));
  facts.insert_or_assign("cluster.failed", Value::list_of(Kind::endpoint, failed));
  facts.insert_or_assign("cluster.primaries", Value::number(primaries));
  facts.insert_or_assign("cluster.uncovered", Value::number(std::max(0, kSlots - slots)));
  facts.insert_or_assign("cluster.by-address", Value::boolean(by_address));
}

/// "NOAUTH Authentication required." or "PONG in 1 ms, Redis 7.0.15, master, memory 12 % full".
std::string RedisTalk::summary(const fact::Observation& seen) const {
  const auto known = [&](std::string_view name) { return seen.facts.find(name) != seen.facts.end(); };
  const auto number = [&](std::string_view name) { return seen.facts.find(name)->second.as_number(); };
  const auto shown = [&](std::string_view name) {
    return quote(fact::to_text(seen.facts.find(name)->second), 60);
  };
  std::vector<std::string> parts;
  if (!first_text_.empty()) parts.push_back(quote(first_text_, 160));
  if (auth_ == "withheld") parts.emplace_back("password withheld: the server is not trusted");
  if (!trips_.empty()) parts.push_back("PONG in " + show_seconds(median(trips_)));
  if (known("version")) parts.push_back("Redis " + shown("version"));
  if (known("role")) parts.push_back(shown("role"));
  if (known("memory.used-share"))
    parts.push_back(fmt::format("memory {:.0f} % full", number("memory.used-share") * 100));
  if (known("clients-used-share") && number("clients-used-share") >= 0.5)
    parts.push_back(fmt::format("{:.0f} % of its clients", number("clients-used-share") * 100));
  if (!nodes_.empty()) parts.push_back(fmt::format("{} nodes", nodes_.size()));
  return text::join(parts, ", ");
}

}  // namespace aztriage::probe::wire
