#include "base/text.h"
#include "net/routes.h"
#include "probe/address_class.h"
#include "probe/dns_facts.h"
#include "probe/head.h"

#include <algorithm>
#include <array>
#include <list>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;
using net::dns::Type;

/// How long the answer of one family waits for the other's, so that a resolver that drops AAAA is seen to do
/// so.
constexpr Milliseconds kWaitForOther{1500};

constexpr std::array<std::string_view, 8> kTypes = {"address", "A",   "AAAA", "CNAME",
                                                    "TXT",     "CAA", "NS",   "SOA"};
constexpr std::array<Type, 8> kTypeCodes = {Type::a,   Type::a,   Type::aaaa, Type::cname,
                                            Type::txt, Type::caa, Type::ns,   Type::soa};

constexpr std::array<fact::ParamSpec, 4> kParams = {{
    {.name = "name", .type = {Kind::host}, .help = "name to ask for", .required = true},
    {.name = "type",
     .type = {.kind = Kind::choice, .words = kTypes},
     .help = "what to ask for; address is A and AAAA",
     .default_value = "address"},
    {.name = "server",
     .type = {Kind::text},
     .help = "name server to ask: system, or IP[:PORT]",
     .default_value = "system"},
    {.name = "cd",
     .type = {Kind::boolean},
     .help = "ask a resolver not to check signatures, to tell a broken DNSSEC from a broken server",
     .default_value = "false"},
}};

constexpr std::array<std::string_view, 1> kOperations = {"resolve"};

class DnsLook : public Running {
 public:
  DnsLook(const Params& params, std::size_t type, Milliseconds timeout, net::Net& net, Done done)
      : net_(net),
        head_("dns", params.text("name")),
        name_(params.text("name")),
        type_(type),
        done_(std::move(done)) {
    if (name_.ends_with('.') && name_.size() > 1) name_.pop_back();
    server_ = params.text("server");
    if (server_ == "system") server_.clear();
    head_.seen.target = name_ + (type == 0 ? "" : " " + std::string(kTypes[type])) +
                        (server_.empty() ? "" : " at " + server_);
    checking_disabled_ = params.flag("cd", false);
    end_ = Steady::now() + timeout;
    at_ = name_;
    if (net::parse_address(name_)) {
      tell_address();
    } else {
      ask(kTypeCodes[type]);
      if (type == 0) ask(Type::aaaa);
    }
  }
  ~DnsLook() override {
    if (timer_ != 0) net_.cancel(timer_);
  }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    fill();
    if (!head_.seen.answered)
      head_.seen.failure = fact::Failure{"resolve", kind, std::string(fact::failure_meaning(kind))};
    return head_.finish();
  }

 private:
  struct Asked {
    Type type;
    std::unique_ptr<net::Pending> pending;
    std::optional<net::Answer> answer;
  };

  void ask(Type type) {
    Asked& asked = asked_.emplace_back(Asked{type, nullptr, std::nullopt});
    const auto left = std::max(std::chrono::ceil<Milliseconds>(end_ - Steady::now()), Milliseconds(1));
    asked.pending = net_.names().ask({at_, type, server_, checking_disabled_}, left,
                                     [this, &asked](net::Answer answer) { hear(asked, std::move(answer)); });
  }

  void hear(Asked& asked, net::Answer answer) {
    if (!done_) return;
    asked.answer = std::move(answer);
    if (std::ranges::all_of(asked_, [](const Asked& a) { return a.answer.has_value(); })) {
      if (climbs()) return;
      return tell();
    }
    if (timer_ == 0 && !asked.answer->failure)
      timer_ = net_.at(std::min(Steady::now() + kWaitForOther, end_), [this] {
        timer_ = 0;
        tell();
      });
  }

  /// Who may issue for a name is said by the nearest name above it that says anything (RFC 8659, 3).
  bool climbs() {
    if (kTypeCodes[type_] != Type::caa) return false;
    const net::Answer& answer = *asked_.back().answer;
    if (answer.failure || has_records(answer.message, Type::caa)) return false;
    const int rcode = answer.message.rcode;
    if (rcode != net::dns::kNoError && rcode != net::dns::kNxDomain) return false;
    const std::size_t dot = at_.find('.');
    if (dot == std::string::npos || Steady::now() >= end_) return false;
    at_ = at_.substr(dot + 1);
    ask(Type::caa);
    return true;
  }

  void tell_address() {
    fill_literal(name_, head_.seen);
    timer_ = net_.at(Steady::now(), [this] {
      timer_ = 0;
      tell();
    });
  }

  void fill() {
    if (asked_.empty()) return;
    head_.seen.facts.insert_or_assign("in-hosts-file",
                                      Value::boolean(!net_.names().in_hosts_file(name_).empty()));
    head_.seen.facts.insert_or_assign("time.dns", Value::number(head_.seconds()));
    std::vector<DnsAnswer> answers;
    const bool caa = kTypeCodes[type_] == Type::caa;
    for (const Asked& asked : asked_)
      if (asked.answer || !caa) answers.push_back({asked.type, asked.answer ? &*asked.answer : nullptr});
    if (caa)
      fill_caa(answers, name_, at_, head_.seen);
    else
      fill_answers(answers, name_, head_.seen);
  }

  void tell() {
    if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
    fill();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(head_.finish());  // may destroy this
  }

  net::Net& net_;
  Head head_;
  std::string name_;
  std::string at_;  // the name that is being asked for: for CAA perhaps one above
  std::size_t type_;
  std::string server_;
  bool checking_disabled_ = false;
  Done done_;
  SteadyTime end_;
  std::list<Asked> asked_;
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start_dns(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  const auto type = std::ranges::find(kTypes, params.text("type")) - kTypes.begin();
  const std::string server = params.text("server");
  if (!server.empty() && server != "system")
    if (const auto good = net::parse_server(server); !good)
      return fail_to_start(net, "dns", params.text("name"), "resolve", good.error().what, std::move(done));
  return std::make_unique<DnsLook>(params, static_cast<std::size_t>(type % 8), timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kDns;
const ProbeSpec kDns = {.name = "dns",
                        .summary = "asks name servers and tells the whole answer",
                        .params = kParams,
                        .facts = kDnsFacts,
                        .operations = kOperations,
                        .timeout = Milliseconds(5000),
                        .start = start_dns};

}  // namespace aztriage::probe
