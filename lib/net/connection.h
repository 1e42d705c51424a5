#pragma once

#include "base/clock.h"
#include "fact/failure.h"
#include "net/names.h"
#include "net/net.h"
#include "net/proxy.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::net {

/// Owns a connected, non-blocking socket. One that leads through a proxy belongs to libcurl and is given back
/// to it at the end.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd, std::shared_ptr<void> owner = nullptr) : fd_(fd), owner_(std::move(owner)) {}
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  /// Hands the descriptor over; only of a socket that is not libcurl's.
  int release();

 private:
  int fd_ = -1;
  std::shared_ptr<void> owner_;
};

struct Target {
  std::string host = {};  // name or address, no brackets
  int port = 0;
  std::string address = {};  // connect here instead of resolving the host
  int family = 0;            // 4, 6, or 0 for both
  std::string proxy = {};    // empty: --proxy or the environment's; "none"; or a URL
  bool every = false;  // try every address at once and wait for all of them, instead of a race to the first
  std::string scheme = {};  // whose environment variable names the proxy: "http", or "https" unless said
  /// End at the proxy: its protocol is the caller's business (plain http, libcurl).
  bool to_proxy = false;
};

/// One address that was tried.
struct Attempt {
  Address address;
  int port = 0;
  double seconds = 0;                    // until it was connected or failed
  std::optional<fact::Failure> failure;  // nothing: connected, or (in a race) overtaken, see `overtaken`
  bool overtaken = false;
};

/// What became of a connection. Everything that was learnt stays there when it failed.
struct Connection {
  Socket socket;
  std::optional<fact::Failure> failure;  // operation "resolve", "connect" or "proxy"
  Address address;                       // connected to; the proxy's when there is one
  int port = 0;
  std::string proxy;              // host:port; empty for none
  int proxy_status = 0;           // its answer to CONNECT; 0: it gave none
  std::optional<Proxy> through;   // the same, taken apart
  Place behind;                   // where the proxy is to lead: an address for one that wants addresses
  Addresses resolved;             // of the target, or of the proxy
  std::vector<Attempt> attempts;  // in the order in which they were started
  double resolve_seconds = 0;
  double connect_seconds = 0;  // of the address that was used
};

class Connecting {
 public:
  virtual ~Connecting() = default;
  /// Ends now and tells what is known; the operation that was under way fails as `kind`. `done` is not
  /// called.
  virtual Connection stop(fact::FailureKind kind) = 0;
  /// What is under way: "resolve", "connect" or "proxy".
  virtual std::string_view operation() const = 0;
};

/// Resolves, then connects to the first address that answers: IPv6 and IPv4 in turn, each with a head start
/// of 250 ms before the next (RFC 8305), at once when one fails. --connect-to, --resolve and proxies apply.
/// `done` comes from the loop, once, never from inside the call, after at most `timeout`.
std::unique_ptr<Connecting> connect(Net& net, const Target& target, Milliseconds timeout,
                                    std::function<void(Connection)> done);

/// What a system's error number means for a connection attempt.
fact::FailureKind failure_of_errno(int error);
/// Its name, such as ECONNREFUSED; empty for a number that has none.
std::string error_name(int error);

}  // namespace aztriage::net
