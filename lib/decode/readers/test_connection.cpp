#include "base/text.h"
#include "decode/readers/failures.h"
#include "decode/readers/lines.h"
#include "decode/readers/tables.h"
#include "fact/address.h"

#include <array>
#include <charconv>

// /powershell/module/nettcpip/test-netconnection: the names of its properties are not translated, its
// warnings are. nc, telnet and psping print one line for each attempt.

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

class TestConnection {
 public:
  Reading read(std::string_view text) {
    for (const auto& [name, value] : labels_of(text)) take_label(name, value);
    for (const std::string_view line : text::split(text, '\n')) take_line(text::trim(line));
    return finish();
  }

 private:
  static std::optional<bool> flag(std::string_view value) {
    if (text::equal_ignoring_case(value, "True")) return true;
    if (text::equal_ignoring_case(value, "False")) return false;
    return std::nullopt;
  }
  static bool is_address(std::string_view value) { return fact::parse_address(value).has_value(); }

  void take_label(const std::string& name, const std::string& value) {
    if (name == "tcptestsucceeded") connected_ = flag(value);
    if (name == "pingsucceeded") ping_ = flag(value);
    if (name == "nameresolutionsucceeded") resolved_ = flag(value);
    if (name == "computername") computer_ = value;
    if (name == "remoteaddress" && is_address(value)) address_ = value;
    if (name == "remoteport") std::from_chars(value.data(), value.data() + value.size(), port_);
    if (name == "interfacealias") interface_ = value;
    if (name == "sourceaddress" && is_address(value)) source_ = value;
    if (name == "netroute (nexthop)" && is_address(value)) next_hop_ = value;
    if (name == "pingreplydetails (rtt)" || name == "pingreplydetails") {
      double milliseconds = 0;
      const auto end = std::from_chars(value.data(), value.data() + value.size(), milliseconds);
      if (end.ec == std::errc()) round_trip_ = milliseconds / 1000;
    }
  }

  void take_line(std::string_view line) {
    if (line.starts_with("* ")) line = text::trim(line.substr(2));  // curl -v telnet://
    const std::string lower = text::lower(line);
    take_warning(line);
    if (line == "True" || line == "False") connected_ = connected_.value_or(line == "True");
    if (text::contains(lower, "name resolution of") && text::contains(lower, "failed")) resolved_ = false;
    // nc, telnet, psping
    const bool open = text::contains(lower, "succeeded!") || text::contains(lower, ") open") ||
                      starts_with_word(line, "Connected to ") ||
                      starts_with_word(line, "Established connection to ") ||
                      starts_with_word(line, "Ncat: Connected to");
    if (open) connected_ = true;
    constexpr auto kTools = std::to_array<std::string_view>({"nc:", "ncat:", "telnet:", "(tcp) failed",
                                                             "connect to ", "connection attempt failed",
                                                             "curl:", "connecting to ", "(unknown)"});
    bool tool = false;
    for (const std::string_view word : kTools) tool = tool || text::contains(lower, word);
    if (!tool) return;
    if (auto failure = failure_in(line)) {
      failure_ = std::move(failure);
    } else if (text::contains(lower, "timed out") || text::contains(lower, "timeout") ||
               text::contains(lower, "time out")) {
      failure_ = fact::Failure{"connect", fact::FailureKind::tcp_timeout, text::to_utf8(line)};
    } else if (text::contains(lower, "refused")) {
      failure_ = fact::Failure{"connect", fact::FailureKind::tcp_refused, text::to_utf8(line)};
    }
  }

  /// `WARNING: TCP connect to (10.0.0.4 : 445) failed`, in any language.
  void take_warning(std::string_view line) {
    const std::size_t open = line.find('(');
    const std::size_t close = line.find(')', open == std::string_view::npos ? line.size() : open);
    if (close == std::string_view::npos) return;
    const std::string_view inside = line.substr(open + 1, close - open - 1);
    const std::size_t colon = inside.rfind(" : ");
    if (colon == std::string_view::npos || !is_address(text::trim(inside.substr(0, colon)))) return;
    address_ = std::string(text::trim(inside.substr(0, colon)));
    const std::string_view port = text::trim(inside.substr(colon + 3));
    std::from_chars(port.data(), port.data() + port.size(), port_);
    warned_ = true;
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    if (!connected_ && warned_) connected_ = false;
    if (failure_ && connected_.value_or(false)) failure_.reset();
    if (failure_) connected_ = false;
    if (!connected_ && !ping_ && !resolved_) {
      seen = unreadable("output of Test-NetConnection or of nc");
      return reading;
    }
    seen.answered = true;
    seen.failure = failure_;
    seen.address = address_;
    if (connected_) seen.facts["connected"] = Value::boolean(*connected_);
    if (ping_) seen.facts["ping"] = Value::boolean(*ping_);
    // Whoever has an address has resolved the name.
    if (!resolved_ && !address_.empty()) resolved_ = true;
    if (resolved_) seen.facts["resolved"] = Value::boolean(*resolved_);
    put_text(seen.facts, "computer", computer_);
    put_text(seen.facts, "remote-address", address_, Kind::ip);
    put_text(seen.facts, "source", source_, Kind::ip);
    put_text(seen.facts, "next-hop", next_hop_, Kind::ip);
    put_text(seen.facts, "interface", interface_);
    if (port_ > 0 && port_ < 65536) seen.facts["port"] = Value::number(port_);
    if (round_trip_) seen.facts["round-trip"] = Value::number(*round_trip_);
    return reading;
  }

  std::optional<bool> connected_, ping_, resolved_;
  std::optional<double> round_trip_;
  std::optional<fact::Failure> failure_;
  std::string computer_, address_, source_, next_hop_, interface_;
  int port_ = 0;
  bool warned_ = false;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return TestConnection().read(text);
}

constexpr std::array<fact::FactSpec, 11> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"connected", {Kind::boolean}, "whether a TCP connection came about"},
    {"ping", {Kind::boolean}, "whether a ping was answered; after a failed connection, or without a port"},
    {"resolved", {Kind::boolean}, "whether the name has an address"},
    {"computer", {Kind::text}, "the target as it was given"},
    {"remote-address", {Kind::ip}, "the address that was tried"},
    {"port", {Kind::number}, "the port that was tried"},
    {"source", {Kind::ip}, "the address it was tried from"},
    {"next-hop", {Kind::ip}, "the router on the way"},
    {"interface", {Kind::text}, "the interface that was used"},
    {"round-trip", {Kind::number}, "seconds until the ping was answered"},
}};

}  // namespace

extern const ReaderSpec kTestConnectionReader;
const ReaderSpec kTestConnectionReader = {
    "test-connection", "output of Test-NetConnection, nc -zv, telnet or psping", {}, kFacts, read};

}  // namespace aztriage::decode
