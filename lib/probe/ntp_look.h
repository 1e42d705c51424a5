#pragma once

#include "fact/observation.h"
#include "net/names.h"
#include "net/net.h"
#include "probe/wire/ntp.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::probe {

/// Some requests to one address over UDP, on a socket of their own, and what came back.
class NtpLook {
 public:
  struct Plan {
    net::Address address;
    int port = 123;
    int samples = 3;
    Milliseconds apart{500};
  };
  /// `done` comes from the loop, once, when every request was answered, refused or has timed out; it must not
  /// destroy the look.
  NtpLook(net::Net& net, Plan plan, Milliseconds timeout, std::function<void()> done);
  ~NtpLook();
  NtpLook(const NtpLook&) = delete;
  NtpLook& operator=(const NtpLook&) = delete;

  bool finished() const { return finished_; }
  bool answered() const { return best_.has_value() || !kiss_.empty(); }
  const net::Address& address() const { return plan_.address; }
  /// Ends now; without an answer it fails as `kind`.
  void stop(fact::FailureKind kind);
  void fill(fact::Observation& seen) const;

 private:
  struct Asked {
    std::uint64_t cookie = 0;
    double at = 0;  // wall clock, seconds since 1970
    SteadyTime since{};
    bool answered = false;
  };

  void open();
  void ask();
  void hear();
  bool from_server(const void* source, unsigned size) const;
  void take(std::string_view bytes, SteadyTime at);
  void refuse(int error);
  void finish(std::optional<fact::Failure> failure);
  std::string summary() const;

  net::Net& net_;
  Plan plan_;
  std::function<void()> done_;
  int socket_ = -1;
  net::Net::Watch watch_ = 0;
  net::Net::Timer next_ = 0, deadline_ = 0;
  bool finished_ = false;
  std::vector<Asked> asked_;
  struct Sample {
    wire::NtpAnswer answer;
    wire::NtpSample sample;
  };
  std::optional<Sample> best_;  // with the shortest way
  std::vector<double> offsets_;
  std::string kiss_;
  int ignored_ = 0;
  std::string ignored_why_;
  std::optional<fact::Failure> failure_;
};

}  // namespace aztriage::probe
