#pragma once

#include "decode/mask.h"
#include "net/connection.h"
#include "net/http.h"
#include "probe/head.h"
#include "probe/probe.h"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::probe {

/// One request of a look.
struct WebAsk {
  struct Header {
    std::string name;
    std::string value;
    bool secret = false;
  };
  std::string url;
  std::string method = "GET";
  std::vector<Header> headers = {};
  std::string body = {};  // only with POST
  bool secret_body = false;
  bool elsewhere = false;                   // not the look's own host: its `address` does not count
  std::string proxy = {};                   // instead of the look's
  std::size_t read = std::size_t{1} << 20;  // bytes of the body after which to stop
};

/// A look that sends several requests, at once or one after the other, and makes one observation of them.
/// What a host without a good certificate must not see is withheld as in `http`.
class WebLook : public Running {
 public:
  ~WebLook() override;
  fact::Observation stop(fact::FailureKind kind) override;

 protected:
  WebLook(std::string_view probe, std::string target, const Params& params, Milliseconds timeout,
          net::Net& net, Done done);

  /// Sends a request; `then` hears its end once, also when the look is ended while it is under way. Asks for
  /// nothing more, and returns false, once the look is being ended or when the URL can't be read.
  bool ask(const WebAsk& what, std::function<void(const net::HttpReply&)> then);
  /// Addresses of a host.
  bool resolve(const std::string& host, int port, std::function<void(const net::Addresses&)> then);
  /// A connection to a place, closed at once.
  bool connect(const std::string& host, int port, std::function<void(const net::Connection&)> then);
  /// Calls `then` from the loop; for a look that may have nothing to ask.
  void soon(std::function<void()> then);
  /// Everything has come or been ended: the last facts and the summary. The look is told after it.
  virtual void conclude() = 0;

  /// A secret that was learnt on the way: it stands in no fact either.
  void hide(std::string_view secret) { hidden_.add(secret); }

  fact::Facts& facts() { return head_.seen.facts; }
  void put(std::string_view name, fact::Value value);
  void put_text(std::string_view name, std::string_view value, fact::Kind kind = fact::Kind::text);
  /// All that the answer which matters most tells, as `http` does.
  void fill_main(const WebAsk& what, const net::HttpReply& reply);

  net::Net& net_;
  Params params_;
  Head head_;

 private:
  struct Pending;
  void heard(int id, const std::function<void(Pending&)>& tell);
  void settle();
  fact::Observation finish();
  Milliseconds connect_timeout() const;

  Milliseconds timeout_;
  Done done_;
  decode::SecretSet hidden_;
  bool ending_ = false;
  int last_ = 0;
  std::map<int, std::unique_ptr<Pending>> pending_;
  net::Net::Timer timer_ = 0;
};

/// What an answer that is not the main one says, for facts `PART.status` and the like.
struct WebAnswer {
  fact::Facts facts;    // all that `http` would tell
  std::string failure;  // `connect: tcp-refused, ...`; empty for none
  std::string text(std::string_view name) const;
};
WebAnswer read_answer(const net::HttpReply& reply);

/// What all of these probes take for the way to the server.
inline constexpr std::array<fact::ParamSpec, 4> kWayParams = {{
    {.name = "ca",
     .type = {fact::Kind::text},
     .help = "the only authorities to trust: a file, or PEM text, also in base64"},
    {.name = "address", .type = {fact::Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = fact::Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy", .type = {fact::Kind::text}, .help = "proxy to go through: a URL, or none"},
}};

/// Several lists of parameters as one, at compile time.
template <std::size_t... N>
constexpr auto param_list(const std::array<fact::ParamSpec, N>&... lists) {
  std::array<fact::ParamSpec, (N + ... + 0)> all{};
  std::size_t at = 0;
  (
      [&] {
        for (const auto& spec : lists) all[at++] = spec;
      }(),
      ...);
  return all;
}

inline constexpr std::array<std::string_view, 7> kWebOperations = {
    "resolve", "connect", "proxy", "handshake", "request", "response", "body"};

}  // namespace aztriage::probe
