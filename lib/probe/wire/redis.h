#pragma once

#include "base/result.h"
#include "probe/wire/dialogue.h"
#include "probe/wire/redis_nodes.h"
#include "probe/wire/resp.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::probe::wire {

struct RedisAsked {
  std::string self = {};  // host that a node without an address of its own stands for
  std::string user = {};
  std::optional<std::string> password = {};
  std::vector<std::vector<std::string>> commands = {};
  int pings = 5;
  bool look = true;  // ask for INFO, the slow log and the cluster's nodes, too; else one PING is all
};

/// A command that reads, as a person wrote it ("GET shop:1", "CLUSTER INFO"), in words. What writes, blocks
/// or shows secrets is refused, and so are commands that read without a bound.
Result<std::vector<std::string>> read_redis_command(std::string_view text);

inline constexpr std::array<std::string_view, 5> kRedisAuth = {"accepted", "refused", "required",
                                                               "not-needed", "withheld"};
inline constexpr std::array<fact::FactSpec, 5> kRedisReplyFields = {{
    {"command", {fact::Kind::text}, "as it was given"},
    {"error", {fact::Kind::text}, "first word of an error: NOPERM, MOVED, CROSSSLOT, ERR"},
    {"text", {fact::Kind::text}, "an error or a status whole, a number; not what a key holds"},
    {"size", {fact::Kind::number}, "bytes of a value, or items of a list"},
    {"seconds", {fact::Kind::number}, "until the reply was there"},
}};
inline constexpr std::array<fact::FactSpec, 21> kRedisTalkFacts = {{
    {"reply.error",
     {fact::Kind::text},
     "first word of the first error: NOAUTH, WRONGPASS, NOPERM, LOADING, ...; MAXCLIENTS for 'ERR max number "
     "of "
     "clients reached'",
     "reply"},
    {"reply.text", {fact::Kind::text}, "that error whole", "reply"},
    {"replies",
     {fact::Kind::list, fact::Kind::record, kRedisReplyFields},
     "what became of each of `commands`",
     "replies"},
    {"moved.to", {fact::Kind::endpoint}, "where MOVED or ASK points", "reply"},
    {"auth",
     {.kind = fact::Kind::choice, .words = kRedisAuth},
     "what became of the login: `required` when none was given, `withheld` when the server is not trusted"},
    {"withheld",
     {fact::Kind::boolean},
     "whether the password was kept back from a server that is not trusted"},
    {"denied",
     {fact::Kind::list, fact::Kind::text},
     "what this probe asked and the server refused, such as INFO"},
    {"ping.count", {fact::Kind::number}, "pings sent"},
    {"ping.median", {fact::Kind::number}, "seconds from PING to its answer"},
    {"ping.max", {fact::Kind::number}, "seconds that the slowest one took"},
    {"ping.spread", {fact::Kind::number}, "seconds between the fastest and the slowest"},
    {"ping.lost", {fact::Kind::number}, "pings without an answer"},
    {"slowlog.commands", {fact::Kind::list, fact::Kind::text}, "names of the last ten slow commands"},
    {"slowlog.newest",
     {fact::Kind::number},
     "seconds since the newest of them, by the server's clock",
     "slowlog"},
    {"slowlog.slowest", {fact::Kind::number}, "seconds that the slowest of them took", "slowlog"},
    {"cluster.nodes",
     {fact::Kind::list, fact::Kind::endpoint},
     "every node that the cluster announces",
     "nodes"},
    {"cluster.failed", {fact::Kind::list, fact::Kind::endpoint}, "nodes that it holds for failed", "nodes"},
    {"cluster.primaries", {fact::Kind::number}, "nodes that serve slots", "nodes"},
    {"cluster.uncovered", {fact::Kind::number}, "slots, of 16384, that no node serves", "nodes"},
    {"cluster.by-address",
     {fact::Kind::boolean},
     "whether nodes are announced by address, not by name",
     "nodes"},
    {"server-time", {fact::Kind::number}, "the server's clock, in seconds since 1970"},
}};

/// A client of Redis that reads only (RESP2). AUTH and the first PING go together, then the other pings one
/// by one, then all that is asked at once.
class RedisTalk : public Dialogue {
 public:
  explicit RedisTalk(RedisAsked asked) : asked_(std::move(asked)) {}
  Step begin() override;
  Step take(std::string_view bytes) override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

  /// Whether it answered in RESP at all.
  bool answered() const { return answered_; }
  const std::vector<RedisNode>& nodes() const { return nodes_; }
  const std::string& moved_to() const { return moved_to_; }

 private:
  enum class Ask { auth, ping, info, time, slowlog, nodes, command };
  struct Reply {
    std::string command, error, text;
    std::optional<double> size;
    double seconds = 0;
  };
  void ask(Ask what, const std::vector<std::string>& words, std::string& out);
  Step next();
  Step look();
  Step not_resp();
  void hear(Ask what, const Resp& reply);
  void hear_auth(const Resp& reply);
  void hear_ping(const Resp& reply);
  void hear_time(const Resp& reply);
  void hear_slowlog(const Resp& reply);
  void hear_command(const Resp& reply);
  void note_error(const Resp& reply);
  void fill_pings(fact::Observation& seen) const;
  void fill_replies(fact::Observation& seen) const;
  void fill_slowlog(fact::Observation& seen) const;
  void fill_nodes(fact::Observation& seen) const;
  std::string summary(const fact::Observation& seen) const;

  RedisAsked asked_;
  RespReader reader_;
  std::deque<Ask> asks_;
  bool answered_ = false;
  bool looked_ = false;
  bool ends_ = false;  // the server lets nobody in, or nobody without a login
  int pings_ = 0;
  double asked_at_ = 0;
  std::vector<double> trips_;
  std::string_view auth_;
  std::string first_word_, first_text_, moved_to_;
  std::vector<Reply> replies_;
  std::vector<std::string> denied_;
  fact::Observation info_;
  std::vector<std::string> slow_;
  double slowest_ = 0;
  std::optional<double> slow_at_, server_time_;
  bool slowlog_read_ = false;
  std::vector<RedisNode> nodes_;
  bool nodes_read_ = false;
};

}  // namespace aztriage::probe::wire
