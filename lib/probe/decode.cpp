#include "decode/decode.h"

#include "decode/decode_facts.h"
#include "net/net.h"
#include "probe/head.h"
#include "probe/probe.h"

#include <array>

namespace aztriage::probe {
namespace {

using fact::Failure;
using fact::FailureKind;
using fact::Kind;

constexpr std::array<fact::ParamSpec, 2> kParams = {{
    {.name = "text",
     .type = {Kind::text},
     .help = "SAS URL, token, connection string or certificate",
     .required = true,
     .secret = true},
    {.name = "as",
     .type = {.kind = Kind::choice, .words = decode::kDecodeForms},
     .help = "what it is",
     .default_value = "auto"},
}};

constexpr std::array<std::string_view, 1> kOperations = {"decode"};

fact::Observation look_at(const Params& params) {
  Head head("decode", params.text("as"));
  auto decoded = decode::decode(params.text("text"), params.text("as"), head.seen.at);
  fact::Observation& seen = head.seen;
  if (!decoded) {
    seen.failure = Failure{"decode", FailureKind::unreadable, decoded.error().what};
    return head.finish();
  }
  seen.target = decoded->kind;
  seen.answered = true;
  seen.facts = std::move(decoded->facts);
  seen.summary = std::move(decoded->summary);
  // Everything that the text holds was read: what is not there is known to be missing.
  for (const char* group : {"kind", "sas", "jwt", "connection", "certificate"}) seen.read.insert(group);
  return head.finish();
}

/// It is done at once, but tells from the loop like all the others.
class Told : public Running {
 public:
  Told(net::Net& net, fact::Observation seen, Done done)
      : net_(net), seen_(std::move(seen)), done_(std::move(done)) {
    timer_ = net_.at(system_clock().steady(), [this] {
      timer_ = 0;
      const Done call = std::move(done_);
      call(std::move(seen_));
    });
  }
  ~Told() override { net_.cancel(timer_); }
  fact::Observation stop(FailureKind) override {
    net_.cancel(timer_);
    return std::move(seen_);
  }

 private:
  net::Net& net_;
  fact::Observation seen_;
  Done done_;
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds, net::Net& net, Done done) {
  return std::make_unique<Told>(net, look_at(params), std::move(done));
}

}  // namespace

extern const ProbeSpec kDecode;
const ProbeSpec kDecode = {
    .name = "decode",
    .summary = "takes a SAS URL, token, connection string or certificate apart, without a network",
    .params = kParams,
    .facts = decode::kDecodeFacts,
    .operations = kOperations,
    .timeout = Milliseconds(5000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
