#pragma once

#include "base/clock.h"
#include "fact/failure.h"
#include "net/dns_message.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::net {

struct Address {
  std::string text;  // as inet_ntop writes it
  int family = 0;    // 4 or 6
  friend bool operator==(const Address&, const Address&) = default;
};
/// An IP address in text form (brackets and zone identifiers are not part of it), or nothing.
std::optional<Address> parse_address(std::string_view text);

/// A host (name or address) and a port.
struct Place {
  std::string host;
  int port = 0;
};

/// `host:port`, an IPv6 address in brackets.
std::string join_host_port(std::string_view host, int port);

struct Question {
  std::string name;
  dns::Type type = dns::Type::a;
  std::string server;              // IP[:PORT]; empty: --dns-server, else the system's servers in their order
  bool checking_disabled = false;  // asks a validating resolver not to check (CD)
};

/// What came back for a question. A response with an error code is an answer too.
struct Answer {
  std::optional<fact::Failure> failure;  // nobody answered, or nothing that could be read
  dns::Message message;
  std::string server;      // who answered: IP, with :PORT unless it is 53
  bool truncated = false;  // the answer over UDP was cut off
  bool over_tcp = false;
};

/// Where the addresses of a host came from.
enum class AddressSource { literal, given, hosts_file, dns };
inline constexpr std::string_view kAddressSources[] = {"literal", "given", "hosts-file", "dns"};

/// The addresses of a host in the order in which a connection tries them.
struct Addresses {
  std::optional<fact::Failure> failure;
  std::vector<Address> list;
  AddressSource source = AddressSource::dns;
  std::vector<std::string> aliases;  // in order, without the name itself
  std::string server;
};

/// A response without an address, as a failure: NXDOMAIN, SERVFAIL, REFUSED, no data, a loop of aliases.
fact::Failure failure_of_answer(const Answer& answer, std::string_view name);

/// Something under way; destroying it ends it without a word.
class Pending {
 public:
  virtual ~Pending() = default;
};

/// Names on the loop. The callbacks come from the loop, never from inside the call.
class Names {
 public:
  virtual ~Names() = default;
  /// One question as it stands, no search domains. The system's servers are asked in turn: the next one when
  /// one is silent for a second or answers that it can't.
  virtual std::unique_ptr<Pending> ask(Question question, Milliseconds timeout,
                                       std::function<void(Answer)> done) = 0;
  /// Addresses of a host for connecting to it, as the system would find them: literals, --resolve, the hosts
  /// file, then DNS for both families at once; search domains for a name of fewer dots than `ndots` says, one
  /// unless resolv.conf says otherwise. `family` 4, 6, or 0 for both. A resolver that is silent about AAAA
  /// does not hold up A.
  virtual std::unique_ptr<Pending> resolve(std::string_view host, int port, int family, Milliseconds timeout,
                                           std::function<void(Addresses)> done) = 0;
  /// What --connect-to says of this host and port; nothing when it says nothing.
  virtual std::optional<Place> instead_of(std::string_view host, int port) const = 0;
  /// What this machine's hosts file says of a name; empty when it does not have it.
  virtual std::vector<Address> in_hosts_file(std::string_view name) const = 0;
  /// The servers that are asked when a question names none.
  virtual const std::vector<std::string>& servers() const = 0;
};

}  // namespace aztriage::net
