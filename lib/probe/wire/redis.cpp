#include "probe/wire/redis.h"

#include "base/text.h"
#include "decode/redis_info.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace aztriage::probe::wire {

using fact::FailureKind;

namespace {

constexpr std::size_t kMostSlow = 10;
constexpr std::string_view kAsks[] = {"AUTH", "PING", "INFO", "TIME", "SLOWLOG", "CLUSTER NODES", ""};

/// A command that may be asked: how many words it may have, and whether its reply holds nothing of the data.
struct Allowed {
  std::string_view name;
  std::size_t most_words;
  bool shown;
};
constexpr std::array<Allowed, 47> kAllowed = {{
    {"ACL WHOAMI", 2, true},
    {"BITCOUNT", 2, true},
    {"CLIENT GETNAME", 2, true},
    {"CLIENT ID", 2, true},
    {"CLIENT SETINFO", 4, true},
    {"CLUSTER INFO", 2, true},
    {"CLUSTER KEYSLOT", 3, true},
    {"CLUSTER MYID", 2, true},
    {"CLUSTER NODES", 2, true},
    {"CLUSTER SHARDS", 2, false},
    {"CLUSTER SLOTS", 2, false},
    {"COMMAND COUNT", 2, true},
    {"COMMAND INFO", 3, false},
    {"CONFIG GET", 3, true},
    {"DBSIZE", 1, true},
    {"ECHO", 2, true},
    {"EXISTS", 20, true},
    {"EXPIRETIME", 2, true},
    {"GET", 2, false},
    {"HELLO", 2, false},
    {"HEXISTS", 3, true},
    {"HGET", 3, false},
    {"HLEN", 2, true},
    {"INFO", 2, false},
    {"LASTSAVE", 1, true},
    {"LATENCY LATEST", 2, false},
    {"LLEN", 2, true},
    {"MEMORY USAGE", 3, true},
    {"MGET", 20, false},
    {"MODULE LIST", 2, false},
    {"OBJECT ENCODING", 3, true},
    {"OBJECT FREQ", 3, true},
    {"OBJECT IDLETIME", 3, true},
    {"PING", 1, true},
    {"PTTL", 2, true},
    {"PUBSUB NUMPAT", 2, true},
    {"ROLE", 1, true},
    {"SCARD", 2, true},
    {"SCRIPT EXISTS", 3, true},
    {"SELECT", 2, true},
    {"SISMEMBER", 3, true},
    {"SLOWLOG LEN", 2, true},
    {"STRLEN", 2, true},
    {"TIME", 1, true},
    {"TTL", 2, true},
    {"TYPE", 2, true},
    {"ZCARD", 2, true},
}};
/// CONFIG GET would tell passwords, too.
constexpr std::array<std::string_view, 10> kSettings = {"maxmemory",
                                                        "maxmemory-policy",
                                                        "maxmemory-reserved",
                                                        "maxclients",
                                                        "timeout",
                                                        "databases",
                                                        "slowlog-log-slower-than",
                                                        "tcp-keepalive",
                                                        "notify-keyspace-events",
                                                        "lua-time-limit"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

const Allowed* find_allowed(const std::vector<std::string>& words) {
  const std::string one = upper(words[0]);
  const std::string two = words.size() > 1 ? one + " " + upper(words[1]) : one;
  const auto found =
      std::ranges::find_if(kAllowed, [&](const Allowed& a) { return a.name == one || a.name == two; });
  return found == kAllowed.end() ? nullptr : &*found;
}

/// Texts of a reply in a line: an item each.
void flatten(const Resp& reply, std::string& out) {
  if (out.size() > 2000) return;
  if (reply.kind == Resp::Kind::array) {
    for (const Resp& item : reply.items) flatten(item, out);
    return;
  }
  if (!out.empty()) out += ' ';
  out += reply.kind == Resp::Kind::integer ? std::to_string(reply.number) : reply.text;
}

}  // namespace

Result<std::vector<std::string>> read_redis_command(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : text::split(text, ' '))
    if (!word.empty()) words.emplace_back(word);
  if (words.empty()) return failed("a command is missing");
  const std::string shown = quote(text, 80);
  const Allowed* allowed = find_allowed(words);
  if (allowed == nullptr) {
    return failed("'" + shown + "' is not one of the commands that only read",
                  "such as GET, MGET, TTL, EXISTS, SELECT, CLUSTER INFO, CONFIG GET maxmemory-policy");
  }
  if (words.size() > allowed->most_words) return failed("'" + shown + "' has too many words");
  if (allowed->name == "CONFIG GET" &&
      (words.size() != 3 || std::ranges::find(kSettings, text::lower(words[2])) == kSettings.end())) {
    return failed("'" + shown + "' could show a secret",
                  "CONFIG GET goes with maxmemory-policy and its like");
  }
  // RESP3 has other types.
  if (allowed->name == "HELLO" && words.size() == 2 && words[1] != "2")
    return failed("HELLO goes with 2 only");
  return words;
}

void RedisTalk::ask(Ask what, const std::vector<std::string>& words, std::string& out) {
  asks_.push_back(what);
  asked_at_ = now();
  out += resp_command(words);
}

RedisTalk::Step RedisTalk::begin() {
  std::string out;
  if (asked_.password && trusted()) {
    if (asked_.user.empty()) {
      ask(Ask::auth, {"AUTH", *asked_.password}, out);
    } else {
      ask(Ask::auth, {"AUTH", asked_.user, *asked_.password}, out);
    }
  } else if (asked_.password) {
    auth_ = "withheld";
  }
  ask(Ask::ping, {"PING"}, out);
  pings_ = 1;
  return send(std::move(out));
}

RedisTalk::Step RedisTalk::take(std::string_view bytes) {
  reader_.feed(bytes);
  std::string out;
  for (;;) {
    Resp reply;
    const auto got = reader_.next(reply);
    if (got == RespReader::Got::more) return send(std::move(out));
    if (got == RespReader::Got::broken) return not_resp();
    answered_ = true;
    if (asks_.empty()) return broken(FailureKind::answer_malformed, "the server answers what was not asked");
    const Ask what = asks_.front();
    asks_.pop_front();
    hear(what, reply);
    if (ends_) return finished();
    if (!asks_.empty()) continue;
    Step step = next();
    if (step.done) return step;
    out += step.send;
  }
}

RedisTalk::Step RedisTalk::not_resp() {
  if (!answered_ && !reader_.too_large())
    return broken(FailureKind::protocol_mismatch, other_protocol(reader_.rest()));
  if (reader_.too_large())
    return broken(FailureKind::answer_too_large, "a reply is larger than the tool will read");
  return broken(FailureKind::answer_malformed, "a reply does not follow RESP");
}

/// Everything that was asked is answered.
RedisTalk::Step RedisTalk::next() {
  if (!asked_.look) return finished();
  const bool fine = !trips_.empty() && first_word_.empty();
  if (fine && pings_ < asked_.pings) {
    ++pings_;
    std::string out;
    ask(Ask::ping, {"PING"}, out);
    return send(std::move(out));
  }
  if (!looked_) return look();
  return finished();
}

RedisTalk::Step RedisTalk::look() {
  looked_ = true;
  std::string out;
  ask(Ask::info, {"INFO", "all"}, out);
  ask(Ask::time, {"TIME"}, out);
  ask(Ask::slowlog, {"SLOWLOG", "GET", std::to_string(kMostSlow)}, out);
  ask(Ask::nodes, {"CLUSTER", "NODES"}, out);
  for (const auto& command : asked_.commands) ask(Ask::command, command, out);
  return send(std::move(out));
}

void RedisTalk::hear(Ask what, const Resp& reply) {
  if (reply.kind == Resp::Kind::error && what != Ask::command) {
    // One error of a server that lets nobody in stands for all that was asked.
    if (reply.text.find("max number of clients") != std::string::npos) {
      note_error(reply);
      ends_ = true;
      return;
    }
    if (what != Ask::auth && what != Ask::ping) {
      // A server without a cluster says so by an error.
      if (what != Ask::nodes || reply.word() == "NOPERM") denied_.emplace_back(kAsks[static_cast<int>(what)]);
      return;
    }
  }
  switch (what) {
    case Ask::auth:
      return hear_auth(reply);
    case Ask::ping:
      return hear_ping(reply);
    case Ask::info:
      return reply.is_text() ? decode::fill_redis_info(reply.text, info_) : void();
    case Ask::time:
      return hear_time(reply);
    case Ask::slowlog:
      return hear_slowlog(reply);
    case Ask::nodes:
      nodes_read_ = true;
      nodes_ = read_redis_nodes(reply.text, asked_.self);
      return;
    case Ask::command:
      return hear_command(reply);
  }
}

void RedisTalk::note_error(const Resp& reply) {
  if (!first_text_.empty()) return;
  const bool full = reply.text.find("max number of clients") != std::string::npos;
  first_word_ = full ? "MAXCLIENTS" : said(reply.word(), 40);
  first_text_ = said(reply.text);
  if (first_text_.empty()) first_text_ = first_word_ = "ERR";
}

void RedisTalk::hear_auth(const Resp& reply) {
  if (reply.kind != Resp::Kind::error) {
    auth_ = "accepted";
    return;
  }
  const bool needless = reply.text.find("without any password configured") != std::string::npos ||
                        reply.text.find("no password is set") != std::string::npos;
  auth_ = needless ? "not-needed" : "refused";
  note_error(reply);
}

void RedisTalk::hear_ping(const Resp& reply) {
  if (reply.kind != Resp::Kind::error) {
    trips_.push_back(now() - asked_at_);
    if (auth_.empty() && !asked_.password) auth_ = "not-needed";
    return;
  }
  note_error(reply);
  // "-DENIED Redis is running in protected mode": it closes after that.
  if (reply.word() == "DENIED") ends_ = true;
  if (reply.word() != "NOAUTH") return;
  if (auth_.empty()) auth_ = "required";
  ends_ = true;
}

void RedisTalk::hear_time(const Resp& reply) {
  if (reply.items.size() != 2 || !reply.items[0].is_text()) return;
  const double seconds = std::strtod(reply.items[0].text.c_str(), nullptr);
  if (std::isfinite(seconds) && seconds > 0) server_time_ = seconds;
}

/// Each entry: id, time, microseconds, arguments, ...
void RedisTalk::hear_slowlog(const Resp& reply) {
  slowlog_read_ = reply.kind == Resp::Kind::array;
  for (const Resp& entry : reply.items) {
    if (entry.items.size() < 4 || entry.items[3].items.empty() || slow_.size() >= kMostSlow) continue;
    slow_.push_back(upper(said(entry.items[3].items[0].text, 40)));
    slowest_ = std::max(slowest_, static_cast<double>(entry.items[2].number) / 1e6);
    slow_at_ = std::max(slow_at_.value_or(0), static_cast<double>(entry.items[1].number));
  }
}

void RedisTalk::hear_command(const Resp& reply) {
  const std::size_t at = replies_.size();
  if (at >= asked_.commands.size()) return;
  const auto& words = asked_.commands[at];
  Reply one{said(text::join(words, " "), 200), {}, {}, std::nullopt, now() - asked_at_};
  if (reply.kind == Resp::Kind::error) {
    note_error(reply);
    one.error = said(reply.word(), 40);
    one.text = said(reply.text);
    if (moved_to_.empty()) moved_to_ = redis_redirect(reply.text);
  } else {
    if (reply.kind == Resp::Kind::bulk) one.size = static_cast<double>(reply.text.size());
    if (reply.kind == Resp::Kind::array) one.size = static_cast<double>(reply.items.size());
    const Allowed* allowed = find_allowed(words);
    if (allowed != nullptr && allowed->shown) flatten(reply, one.text);
    one.text = said(one.text);
  }
  replies_.push_back(std::move(one));
}

RedisTalk::Step RedisTalk::closed(const std::optional<fact::Failure>& failure) {
  if (!first_text_.empty() && !looked_) return finished();  // it has said why
  return Dialogue::closed(failure);
}

std::string_view RedisTalk::operation() const {
  if (asks_.empty()) return "ping";
  switch (asks_.front()) {
    case Ask::auth:
      return "auth";
    case Ask::ping:
      return "ping";
    case Ask::command:
      return "command";
    default:
      return "info";
  }
}

}  // namespace aztriage::probe::wire
