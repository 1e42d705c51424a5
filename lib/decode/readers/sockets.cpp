#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

// ss(8), netstat(8) and Windows' netstat, whose states are translated: a remote side without a port listens.

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostListed = 500;
constexpr std::size_t kMostPeers = 10000;

struct End {
  std::string address;  // "*" for all
  int port = 0;         // 0: any
};

/// `10.0.0.4:22`, `[::]:22`, `*:22`, `:::22`, `127.0.0.53%lo:53`, `0.0.0.0:*`.
std::optional<End> end_of(std::string_view word) {
  const std::size_t colon = word.rfind(':');
  if (colon == std::string_view::npos || colon + 1 >= word.size()) return std::nullopt;
  std::string_view address = word.substr(0, colon);
  const std::string_view port = word.substr(colon + 1);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  address = address.substr(0, address.find('%'));
  End end;
  if (port != "*") {
    const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), end.port);
    if (error != std::errc() || rest != port.data() + port.size() || end.port < 0 || end.port > 65535)
      return std::nullopt;
  }
  if (address == "*" || address == "0.0.0.0" || address == "::" || address.empty()) {
    end.address = "*";
  } else if (fact::parse_address(address)) {
    end.address = std::string(address);
  } else {
    return std::nullopt;
  }
  return end;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

class Sockets {
 public:
  explicit Sockets(const ReaderParams& params) {
    const auto found = params.find("port");
    if (found == params.end()) return;
    const std::string text = fact::to_text(found->second);
    std::from_chars(text.data(), text.data() + text.size(), port_);
  }

  void take(std::string_view line) {
    const std::string lower = text::lower(line);
    head_ = head_ || text::contains(lower, "local address") || text::contains(lower, "active internet") ||
            text::contains(lower, "active connections") || text::contains(lower, "recv-q");
    if (starts_with_word(line, "udp") || text::contains(lower, "unconn")) return;
    std::vector<End> ends;
    std::string_view process;
    for (const std::string_view piece : text::split(line, ' ')) {
      if (piece.empty()) continue;
      const bool named = text::contains(process, "users:((") || text::contains(process, "/");
      if (ends.size() == 2 && !named) process = piece;  // the process, or the last word before there is one
      if (const auto end = end_of(piece); end && ends.size() < 2) ends.push_back(*end);
    }
    if (ends.size() == 2) add(ends[0], ends[1], lower, process);
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    if (all_ == 0 && !head_) {
      seen = unreadable("output of ss or netstat");
      return reading;
    }
    seen.answered = true;
    if (port_ > 0) put_port(seen);
    Value::List ports;
    for (const int port : ports_) ports.push_back(Value::number(port));
    seen.facts["ports"] = Value::list(std::move(ports));
    seen.facts["listeners"] = Value::list(std::move(listeners_));
    seen.facts["connections"] = Value::number(connections_);
    for (const auto& [name, count] : states_) seen.facts[std::string(name)] = Value::number(count);
    const auto most = std::max_element(peers_.begin(), peers_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != peers_.end()) {
      put_text(seen.facts, "peer.most", most->first);
      seen.facts["peer.count"] = Value::number(most->second);
    }
    for (const char* group : {"listening", "ports", "listeners", "peer"}) seen.read.insert(group);
    return reading;
  }

 private:
  void add(const End& local, const End& remote, const std::string& line, std::string_view process) {
    ++all_;
    if (remote.address == "*" && remote.port == 0) {
      add_listener(local, process);
      return;
    }
    ++connections_;
    for (auto& [name, count] : states_) {
      // Windows and Linux write the same states differently; other languages' are counted as connections
      // only.
      std::string windows = std::string(name);
      std::replace(windows.begin(), windows.end(), '-', '_');
      if (text::contains(line, windows) || text::contains(line, name) ||
          (name == "established" && text::contains(line, "estab")))
        ++count;
    }
    const std::string peer = remote.address + ":" + std::to_string(remote.port);
    if (peers_.size() < kMostPeers || peers_.contains(peer)) ++peers_[peer];
  }

  void add_listener(const End& local, std::string_view process) {
    if (ports_.size() < kMostListed && std::find(ports_.begin(), ports_.end(), local.port) == ports_.end())
      ports_.push_back(local.port);
    if (listeners_.size() < kMostListed) {
      Value::Record record;
      put_field(record, "address", local.address);
      record.emplace("port", Value::number(local.port));
      put_field(record, "process", text::to_utf8(process.substr(0, 200)));
      listeners_.push_back(Value::record(std::move(record)));
    }
    if (local.port != port_ || port_ == 0) return;
    if (std::find(at_.begin(), at_.end(), local.address) == at_.end() && at_.size() < kMostListed)
      at_.push_back(local.address);
    process_ = process;
  }

  void put_port(fact::Observation& seen) const {
    seen.facts["listening"] = Value::boolean(!at_.empty());
    seen.facts["listening.at"] = Value::list_of(Kind::text, at_);
    const bool everywhere = std::find(at_.begin(), at_.end(), "*") != at_.end();
    const bool local = !at_.empty() && std::all_of(at_.begin(), at_.end(), is_loopback);
    put_text(seen.facts, "listening.scope",
             at_.empty()  ? "none"
             : everywhere ? "all"
             : local      ? "loopback"
                          : "some",
             Kind::choice);
    put_text(seen.facts, "listening.process", process_);
  }

  int port_ = 0;
  bool head_ = false;
  double all_ = 0, connections_ = 0;
  std::vector<int> ports_;
  std::vector<std::string> at_;
  Value::List listeners_;
  std::string process_;
  std::map<std::string, double> peers_;
  std::map<std::string_view, double> states_ = {
      {"established", 0}, {"time-wait", 0}, {"close-wait", 0}, {"syn-sent", 0}};
};

Reading read(std::string_view text, const ReaderParams& params, std::span<const Wanted>) {
  Sockets sockets(params);
  for (const std::string_view line : text::split(text, '\n')) sockets.take(text::trim(line));
  return sockets.finish();
}

constexpr std::array<fact::ParamSpec, 1> kParams = {{
    {.name = "port", .type = {Kind::number}, .help = "port that should listen"},
}};
constexpr std::array<std::string_view, 4> kScopes = {"all", "some", "loopback", "none"};
constexpr std::array<fact::FactSpec, 3> kListenerFields = {{
    {"address", {Kind::text}, "its address; * is all of them"},
    {"port", {Kind::number}, "its port"},
    {"process", {Kind::text}, "what stands behind it: the process, or its number"},
}};
constexpr std::array<fact::FactSpec, 14> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"listening", {Kind::boolean}, "whether something listens on the port"},
    {"listening.at", {.kind = Kind::list, .item = Kind::text}, "at which addresses; * is all of them"},
    {"listening.scope", {.kind = Kind::choice, .words = kScopes}, "who can reach it by these addresses"},
    {"listening.process", {Kind::text}, "the process, or its number"},
    {"ports", {.kind = Kind::list, .item = Kind::number}, "TCP ports that something listens on"},
    {"listeners", {.kind = Kind::list, .item = Kind::record, .fields = kListenerFields}, "all that listens"},
    {"connections", {Kind::number}, "connections of any state", "peer"},
    {"established", {Kind::number}, "those that stand; not counted where the states are translated", "peer"},
    {"time-wait", {Kind::number}, "those that wait to be forgotten", "peer"},
    {"close-wait", {Kind::number}, "those that the other side closed and the program did not", "peer"},
    {"syn-sent", {Kind::number}, "attempts without an answer", "peer"},
    {"peer.most", {Kind::text}, "the remote address and port with the most connections"},
    {"peer.count", {Kind::number}, "how many those are"},
}};

}  // namespace

extern const ReaderSpec kSocketsReader;
const ReaderSpec kSocketsReader = {"sockets", "output of ss or netstat, of Linux or Windows", kParams, kFacts,
                                   read};

}  // namespace aztriage::decode
