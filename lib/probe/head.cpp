#include "probe/head.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe {

using fact::FailureKind;
using fact::Value;

namespace {

class FailedStart : public Running {
 public:
  FailedStart(net::Net& net, fact::Observation seen, Done done)
      : net_(net), seen_(std::move(seen)), done_(std::move(done)) {
    timer_ = net_.at(Steady::now(), [this] {
      timer_ = 0;
      const auto call = std::exchange(done_, nullptr);
      call(std::move(seen_));  // may destroy this
    });
  }
  ~FailedStart() override {
    if (timer_ != 0) net_.cancel(timer_);
  }
  fact::Observation stop(FailureKind) override { return std::move(seen_); }

 private:
  net::Net& net_;
  fact::Observation seen_;
  Done done_;
  net::Net::Timer timer_ = 0;
};

}  // namespace

std::unique_ptr<Running> fail_to_start(net::Net& net, std::string_view probe, std::string target,
                                       std::string_view operation, std::string text, Done done) {
  Head head(probe, std::move(target));
  head.seen.failure = fact::Failure{std::string(operation), FailureKind::bad_target, std::move(text)};
  return std::make_unique<FailedStart>(net, head.finish(), std::move(done));
}

int family_of(const Params& params) {
  const std::string family = params.text("family");
  return family == "4" ? 4 : family == "6" ? 6 : 0;
}

Head::Head(std::string_view probe, std::string target) : begin_(Steady::now()) {
  seen.probe = std::string(probe);
  seen.target = std::move(target);
  seen.at = system_clock().utc();
}

double Head::seconds() const {
  return std::chrono::duration<double>(Steady::now() - begin_).count();
}

fact::Observation Head::finish() const {
  fact::Observation out = seen;
  out.took = Milliseconds(std::llround(seconds() * 1000));
  if (out.summary.empty() && out.failure) out.summary = failure_line(*out.failure);
  return out;
}

void fill_connection(const net::Connection& connection, std::string_view time, fact::Observation& seen) {
  seen.proxy = connection.proxy;
  if (connection.proxy_status > 0)
    seen.facts.insert_or_assign("proxy.status", Value::number(connection.proxy_status));
  if (connection.resolve_seconds > 0)
    seen.facts.insert_or_assign("time.dns", Value::number(connection.resolve_seconds));
  if (!connection.resolved.list.empty())
    seen.facts.insert_or_assign(
        "resolved-by",
        Value::text(std::string(net::kAddressSources[static_cast<std::size_t>(connection.resolved.source)]),
                    fact::Kind::choice));
  if (!seen.proxy.empty()) return;  // the addresses are the proxy's, not the target's
  seen.address = connection.address.text;
  seen.family = connection.address.family;
  if (connection.attempts.size() < 2) return;
  for (const net::Attempt& attempt : connection.attempts) {
    if (attempt.overtaken) continue;
    fact::Observation one;
    one.probe = seen.probe;
    one.target = net::join_host_port(attempt.address.text, attempt.port);
    one.at = seen.at;
    one.took = Milliseconds(std::llround(attempt.seconds * 1000));
    one.address = attempt.address.text;
    one.family = attempt.address.family;
    one.failure = attempt.failure;
    one.answered = !attempt.failure;
    if (one.answered)
      one.facts.emplace(time, Value::number(attempt.seconds));
    else
      one.summary = failure_line(*one.failure);
    seen.tries.push_back(std::move(one));
  }
}

net::Address fill_resolved(net::Addresses found, Head& head) {
  net::Connection known;
  known.resolved = std::move(found);
  known.resolve_seconds = head.seconds();
  if (!known.resolved.list.empty()) known.address = known.resolved.list.front();
  fill_connection(known, {}, head.seen);
  if (known.resolved.failure) head.seen.failure = known.resolved.failure;
  return known.address;
}

std::string failure_line(const fact::Failure& failure) {
  const std::string head = fmt::format("{}: {}", failure.operation, fact::failure_name(failure.kind));
  return failure.text.empty() ? head : head + ", " + failure.text;
}

FailureKind timeout_at(std::string_view operation) {
  if (operation == "resolve") return FailureKind::dns_timeout;
  if (operation == "connect" || operation == "hold") return FailureKind::tcp_timeout;
  if (operation == "proxy") return FailureKind::proxy_failed;
  if (operation == "handshake") return FailureKind::tls_timeout;
  return FailureKind::http_timeout;
}

std::string show_seconds(double seconds) {
  if (seconds < 0.0005) return "under 1 ms";
  if (seconds < 0.0995) return fmt::format("{:.0f} ms", seconds * 1000);
  return fmt::format("{:.1f} s", seconds);
}

}  // namespace aztriage::probe
