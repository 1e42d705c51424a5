#pragma once

#include "net/connection.h"
#include "net/tls.h"
#include "probe/probe.h"
#include "probe/wire/dialogue.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe {

struct ConversationPlan {
  net::Target target;
  /// How TLS is done, when it is.
  net::TlsOptions tls = {};
  bool tls_first = false;  // from the first byte on
};

/// What one connection came to.
struct ConversationSeen {
  net::Connection connection;  // its socket is closed at the end
  bool connected = false;
  std::optional<net::Handshake> handshake;
  std::optional<fact::Failure> failure;  // of whatever failed: connection, handshake, dialogue
};

/// One connection, TLS where the plan or the dialogue wants it, and the dialogue on it; then it is closed.
class Conversation {
 public:
  /// Without a dialogue it ends as soon as the connection (and its TLS) is there. `done` comes from the loop,
  /// once, after at most `timeout`. It must not destroy the conversation.
  Conversation(net::Net& net, ConversationPlan plan, std::unique_ptr<wire::Dialogue> dialogue,
               Milliseconds timeout, std::function<void()> done);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  const ConversationSeen& seen() const { return seen_; }
  bool finished() const { return finished_; }
  const wire::Dialogue* dialogue() const { return dialogue_.get(); }
  /// "resolve", "connect", "proxy", "handshake", or the dialogue's.
  std::string_view operation() const;
  /// Ends now; what was under way fails as `kind`. `done` is not called.
  void stop(fact::FailureKind kind);

 private:
  void connected(net::Connection connection);
  void shake(bool first);
  void talk();
  void hear();
  void take(wire::Dialogue::Step step);
  bool write();
  void listen();
  void broke(std::optional<fact::Failure> failure);
  void finish(std::optional<fact::Failure> failure);
  void rest();
  void tell_state();
  bool trusted() const;
  Milliseconds left() const;

  net::Net& net_;
  ConversationPlan plan_;
  std::unique_ptr<wire::Dialogue> dialogue_;
  SteadyTime end_;
  SteadyTime open_{};
  std::function<void()> done_;
  ConversationSeen seen_;
  bool finished_ = false;
  bool last_ = false;  // what is queued are the last words
  bool shake_next_ = false;
  std::string queue_;      // bytes that the socket did not take yet
  std::size_t heard_ = 0;  // bytes so far
  std::unique_ptr<net::Connecting> connecting_;
  std::unique_ptr<net::TlsStream> stream_;
  net::Net::Watch watch_ = 0;
  net::Net::Timer deadline_ = 0;
  net::Net::Timer wake_ = 0;
};

/// Address, family, proxy, `tries`, the handshake's facts and the failure, then all that the dialogue tells.
void fill_conversation(const Conversation& conversation, fact::Observation& seen);

/// A probe that is one conversation.
std::unique_ptr<Running> start_conversation(net::Net& net, std::string_view probe, ConversationPlan plan,
                                            std::unique_ptr<wire::Dialogue> dialogue, Milliseconds timeout,
                                            Done done);

/// The parameters `host`, `port`, `address`, `family`, `proxy`.
net::Target target_of(const Params& params);
/// Options for TLS to the target: `sni` (default: the host; "none"), `ca`, `min`, `max`, as far as the probe
/// has them.
Result<net::TlsOptions> tls_options_of(const Params& params, const net::Net& net);

}  // namespace aztriage::probe
