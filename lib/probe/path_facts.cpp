#include "probe/path_facts.h"

#include "probe/head.h"

#include <algorithm>
#include <cstring>
#include <map>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;
using What = net::IcmpError::What;

constexpr int kLargestDatagram = 65535;

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}
void put_number(fact::Observation& seen, std::string_view name, double value) {
  if (value > 0) put(seen, name, Value::number(value));
}

std::string_view end_word(What what) {
  if (what == What::prohibited) return "prohibited";
  if (what == What::unreachable) return "unreachable";
  return what == What::port_closed ? "port-closed" : "other";
}

/// One address at two numbers with another address between: packets go round. The same address at numbers
/// next to each other is a router that counts oddly, or the target's own firewall.
bool has_loop(const std::vector<net::Hop>& hops) {
  std::map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const auto before = last.find(hops[i].address.text);
    if (before != last.end() && before->second + 1 < i) return true;
    last[hops[i].address.text] = i;
  }
  return false;
}

void fill_hops(const net::TraceResult& trace, fact::Observation& seen) {
  Value::List hops;
  for (const net::Hop& hop : trace.hops)
    hops.push_back(Value::record({{"number", Value::number(hop.number)},
                                  {"address", Value::text(hop.address.text, Kind::ip)},
                                  {"rtt", Value::number(hop.seconds)}}));
  put(seen, "hops", Value::list(std::move(hops)));
  put_number(seen, "hops.count", trace.reached);
  put(seen, "hops.loop", Value::boolean(has_loop(trace.hops)));
  if (!trace.hops.empty()) {
    put_number(seen, "hops.last", trace.hops.back().number);
    put(seen, "hops.last-address", Value::text(trace.hops.back().address.text, Kind::ip));
  }
  if (trace.end && trace.reached == 0) {
    put(seen, "denied-by", Value::text(trace.end->address.text, Kind::ip));
    put(seen, "denied", Value::text(std::string(end_word(trace.why)), Kind::choice));
  }
}

/// What both ways of trying sizes come to. A size at which datagrams are silent but TCP is not is the
/// datagrams' own trouble.
struct Sizes {
  int passed = 0;
  int told = 0;
  net::Address told_by;
  int silent_above = 0;
  std::vector<std::string> directions;
};

Sizes sizes_of(const PathSeen& path) {
  Sizes out;
  const auto datagrams = path.datagrams.value_or(net::DatagramSizes{});
  const auto segments = path.segments.value_or(net::SegmentSizes{});
  out.passed = std::max(datagrams.passed, segments.passed);
  out.told = datagrams.told;
  out.told_by = datagrams.told_by;
  if (segments.told > 0 && (out.told == 0 || segments.told < out.told)) out.told = segments.told;
  if (segments.silent > 0 && segments.passed > 0) {
    out.passed = out.silent_above = segments.passed;
    if (segments.sent_silent) out.directions.emplace_back("sent");
    if (segments.received_silent) out.directions.emplace_back("received");
  } else if (datagrams.silent > 0 && segments.passed < datagrams.silent) {
    out.passed = out.silent_above = std::max(datagrams.passed, segments.passed);
    out.directions = {"sent"};
  }
  return out;
}

void fill_sizes(const PathSeen& path, const Sizes& sizes, fact::Observation& seen) {
  put_number(seen, "mtu.local", path.local_mtu);
  if (path.segments) put_number(seen, "mss", path.segments->mss);
  put_number(seen, "passed", sizes.passed);
  if (!sizes.told_by.text.empty()) put(seen, "mtu.told-by", Value::text(sizes.told_by.text, Kind::ip));
  int mtu = sizes.told;
  if (sizes.silent_above > 0) mtu = mtu == 0 ? sizes.silent_above : std::min(mtu, sizes.silent_above);
  if (mtu == 0 && sizes.passed >= std::min(path.local_mtu, kLargestDatagram)) mtu = path.local_mtu;
  put_number(seen, "mtu", mtu);
  if (sizes.passed > 0) seen.read.insert("sizes");
  if (sizes.silent_above == 0) return;
  put_number(seen, "silent-above", sizes.silent_above);
  put(seen, "silent-direction", Value::list_of(Kind::choice, sizes.directions));
}

fact::Failure failure_of(const PathSeen& path) {
  const auto& trace = path.trace;
  std::string text;
  if (trace.end) {
    text = fmt::format("{} at hop {} says: {}", trace.end->address.text, trace.end->number,
                       trace.error != 0 ? std::strerror(trace.error) : end_word(trace.why));
  } else if (trace.error != 0) {
    text = std::strerror(trace.error);
  } else {
    text = trace.hops.empty() ? "nobody on the way answered"
                              : fmt::format("silence behind {} at hop {}", trace.hops.back().address.text,
                                            trace.hops.back().number);
  }
  const FailureKind silence = path.tcp ? FailureKind::tcp_timeout : FailureKind::answer_timeout;
  return {"trace", trace.error != 0 ? net::failure_of_errno(trace.error) : silence, text,
          trace.error != 0 ? net::error_name(trace.error) : ""};
}

void summarize(const PathSeen& path, const Sizes& sizes, fact::Observation& seen) {
  std::string text;
  if (sizes.silent_above > 0)
    text = fmt::format("packets above {} bytes vanish ({}), ", sizes.silent_above,
                       sizes.directions.size() == 2 ? "both ways" : sizes.directions.front());
  if (path.trace.reached > 0)
    text += fmt::format("{} hop{}, {}", path.trace.reached, path.trace.reached == 1 ? "" : "s",
                        show_seconds(path.trace.seconds));
  else
    text += "reached, but not traced";
  if (const auto mtu = seen.facts.find("mtu"); mtu != seen.facts.end())
    text += ", MTU " + fact::to_text(mtu->second);
  if (path.trace.refused) text += ", nothing listens there";
  seen.summary = text;
}

}  // namespace

void fill_path(const PathSeen& path, fact::Observation& seen) {
  const bool reached = path.trace.reached > 0 || (path.segments && path.segments->connected) ||
                       (path.datagrams && path.datagrams->answered);
  put(seen, "reached", Value::boolean(reached));
  if (path.trace.reached > 0) {
    put(seen, "refused", Value::boolean(path.trace.refused));
    put_number(seen, "rtt", path.trace.seconds);
  }
  fill_hops(path.trace, seen);
  if (path.traced) seen.read.insert("hops");
  if (!path.trace.limited.empty()) put(seen, "limited", Value::text(path.trace.limited));
  const Sizes sizes = sizes_of(path);
  fill_sizes(path, sizes, seen);
  seen.answered = reached;
  if (reached)
    summarize(path, sizes, seen);
  else
    seen.failure = failure_of(path);
}

}  // namespace aztriage::probe
