#pragma once

#include "base/clock.h"
#include "fact/observation.h"
#include "net/connection.h"
#include "probe/probe.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace aztriage::probe {

/// The words of a parameter `family`, and what they mean for a connection.
inline constexpr std::string_view kFamilies[] = {"any", "4", "6"};
int family_of(const Params& params);

inline constexpr std::array<fact::FactSpec, 3> kConnectionFacts = {{
    {"resolved-by",
     {.kind = fact::Kind::choice, .words = net::kAddressSources},
     "where the addresses came from: the name was an address, --resolve, the hosts file, or DNS"},
    {"time.dns", {fact::Kind::number}, "seconds until the addresses were known"},
    {"proxy.status", {fact::Kind::number}, "the proxy's answer to CONNECT, such as 407"},
}};

/// A look that begins now.
class Head {
 public:
  Head(std::string_view probe, std::string target);
  /// The observation so far, with the time that it took; a failure is its summary when it has none.
  fact::Observation finish() const;
  double seconds() const;
  fact::Observation seen;

 private:
  SteadyTime begin_;
};

/// Address, family, proxy and failure of a connection, and one observation in `tries` for each address that
/// was tried when there were several; `time` is the fact that gets an attempt's seconds. `resolved-by` and
/// `time.dns` come with it.
void fill_connection(const net::Connection& connection, std::string_view time, fact::Observation& seen);

/// The same of a name alone, for a look that makes its own connections: the first address is the one that is
/// used; without one the failure is told.
net::Address fill_resolved(net::Addresses found, Head& head);

/// `connect: tcp-refused, Connection refused`: a failure in one line for people.
std::string failure_line(const fact::Failure& failure);

/// A look that can't begin: told from the loop as `bad-target` at an operation.
std::unique_ptr<Running> fail_to_start(net::Net& net, std::string_view probe, std::string target,
                                       std::string_view operation, std::string text, Done done);

/// What a probe's own time-out at an operation is called.
fact::FailureKind timeout_at(std::string_view operation);

/// `0.4 s`, `35 ms`.
std::string show_seconds(double seconds);

}  // namespace aztriage::probe
