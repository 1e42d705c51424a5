#include "net/names_impl.h"

#include <algorithm>
#include <utility>

namespace aztriage::net {
namespace {

using fact::FailureKind;

// How long the answer of one family waits for the other's (RFC 8305, 3). A missing A holds up more than a
// missing AAAA, since what would be left may be an IPv6 that leads nowhere.
constexpr Milliseconds kWaitForIpv6{50};
constexpr Milliseconds kWaitForIpv4{500};

struct Side {
  int family;
  std::unique_ptr<Pending> query;
  std::optional<Answer> answer;
};

/// Both families of one name at once, then the next name.
class Resolving : public Pending {
 public:
  Resolving(Net& net, Names& names, Addresses known, std::vector<std::string> list, int family,
            Milliseconds timeout, std::function<void(Addresses)> done)
      : net_(net),
        names_(names),
        found_(std::move(known)),
        list_(std::move(list)),
        family_(family),
        end_(Steady::now() + timeout),
        done_(std::move(done)) {
    if (found_.list.empty())
      ask();
    else
      timer_ = net_.at(Steady::now(), [this] {
        timer_ = 0;
        tell();
      });
  }
  ~Resolving() override {
    if (timer_ != 0) net_.cancel(timer_);
  }

 private:
  void ask() {
    sides_.clear();
    if (family_ != 4) sides_.push_back({6, nullptr, std::nullopt});
    if (family_ != 6) sides_.push_back({4, nullptr, std::nullopt});
    const auto left = std::max(std::chrono::ceil<Milliseconds>(end_ - Steady::now()), Milliseconds(1));
    for (Side& side : sides_)
      side.query = names_.ask({list_[at_], side.family == 6 ? dns::Type::aaaa : dns::Type::a, {}, false},
                              left, [this, &side](Answer answer) { hear(side, std::move(answer)); });
  }

  static bool has_addresses(const Side& side) {
    return side.answer && !side.answer->failure && !addresses_in(*side.answer, side.family).empty();
  }

  static std::vector<Address> addresses_in(const Answer& answer, int family) {
    std::vector<Address> out;
    const auto type = family == 6 ? dns::Type::aaaa : dns::Type::a;
    for (const dns::Record& record : answer.message.answers)
      if (record.is(type)) out.push_back({record.data, family});
    return out;
  }

  void hear(Side& side, Answer answer) {
    if (!done_) return;
    side.answer = std::move(answer);
    const bool all =
        std::all_of(sides_.begin(), sides_.end(), [](const Side& s) { return s.answer.has_value(); });
    if (all) return settle();
    // A name that does not exist has no addresses of the other family either.
    if (!side.answer->failure && side.answer->message.rcode == dns::kNxDomain) return settle();
    if (has_addresses(side) && timer_ == 0)
      timer_ = net_.at(Steady::now() + (side.family == 4 ? kWaitForIpv6 : kWaitForIpv4), [this] {
        timer_ = 0;
        settle();
      });
  }

  void settle() {
    if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
    collect();
    const bool next = found_.list.empty() && ++at_ < list_.size() && Steady::now() < end_;
    if (next) return ask();
    tell();
  }

  void collect() {
    std::vector<std::vector<Address>> families;
    found_.failure.reset();
    for (const Side& side : sides_) {
      if (!side.answer) continue;
      const Answer& answer = *side.answer;
      if (answer.failure) {
        found_.failure = answer.failure;
        continue;
      }
      if (found_.server.empty()) found_.server = answer.server;
      auto aliases = dns::aliases_of(answer.message, list_[at_]);
      if (found_.aliases.size() < aliases.names.size()) found_.aliases = std::move(aliases.names);
      families.push_back(addresses_in(answer, side.family));
      if (families.back().empty()) found_.failure = failure_of_answer(answer, list_[at_]);
    }
    // IPv6 first, then the families in turn (RFC 8305, 4).
    for (std::size_t i = 0; found_.list.size() < kMostAddresses; ++i) {
      bool more = false;
      for (const auto& addresses : families)
        if (i < addresses.size()) {
          found_.list.push_back(addresses[i]);
          more = true;
        }
      if (!more) break;
    }
  }

  void tell() {
    if (family_ != 0) std::erase_if(found_.list, [this](const Address& a) { return a.family != family_; });
    if (!found_.list.empty()) {
      found_.failure.reset();
    } else if (!found_.failure) {
      found_.failure = fact::Failure{"resolve", FailureKind::dns_no_data,
                                     list_.back() + " has no IPv" + std::to_string(family_) + " address"};
    }
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(found_));  // may destroy this
  }

  static constexpr std::size_t kMostAddresses = 16;
  Net& net_;
  Names& names_;
  Addresses found_;
  std::vector<std::string> list_;
  std::size_t at_ = 0;
  int family_;
  SteadyTime end_;
  std::function<void(Addresses)> done_;
  std::vector<Side> sides_;
  Net::Timer timer_ = 0;
};

std::string zone_in(const dns::Message& message) {
  for (const dns::Record& record : message.authority)
    if (record.is(dns::Type::soa)) return record.name.empty() ? "." : record.name;
  return {};
}

}  // namespace

fact::Failure failure_of_answer(const Answer& answer, std::string_view name) {
  const auto fail = [&](FailureKind kind, const std::string& what) {
    return fact::Failure{"resolve", kind, what, dns::rcode_name(answer.message.rcode)};
  };
  const auto aliases = dns::aliases_of(answer.message, name);
  const std::string last = aliases.names.empty() ? std::string(name) : aliases.names.back();
  const std::string zone = zone_in(answer.message);
  const std::string says = ", says " + answer.server + (zone.empty() ? "" : " for zone " + zone);
  if (aliases.loop)
    return fail(FailureKind::dns_loop, "the aliases of " + std::string(name) + " lead in a circle");
  switch (answer.message.rcode) {
    case dns::kNxDomain:
      return fail(FailureKind::dns_nxdomain, last + " does not exist" + says);
    case dns::kNoError:
      return fail(FailureKind::dns_no_data, last + " has no such record" + says);
    case dns::kRefused:
      return fail(FailureKind::dns_refused, answer.server + " refuses to answer for " + last);
    case dns::kServFail:
      return fail(FailureKind::dns_servfail, answer.server + " could not get an answer for " + last);
    default:
      return fail(FailureKind::dns_malformed,
                  answer.server + " answers with code " + std::to_string(answer.message.rcode));
  }
}

std::unique_ptr<Pending> start_resolving(Net& net, Names& names, Addresses known,
                                         std::vector<std::string> list, int family, Milliseconds timeout,
                                         std::function<void(Addresses)> done) {
  return std::make_unique<Resolving>(net, names, std::move(known), std::move(list), family, timeout,
                                     std::move(done));
}

}  // namespace aztriage::net
