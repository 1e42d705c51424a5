#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/websocket_frames.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// Carries another dialogue in binary messages of a WebSocket, as AMQP does it where only HTTPS passes (OASIS
/// AMQP WebSocket binding). The inner one begins once the upgrade was accepted; it can't start TLS.
class WebSocketCarrier : public Dialogue {
 public:
  WebSocketCarrier(WebSocketUpgrade upgrade, std::unique_ptr<Dialogue> inner,
                   std::function<std::uint32_t()> random)
      : upgrade_(std::move(upgrade)), inner_(std::move(inner)), random_(std::move(random)) {}

  Step begin() override { return send(upgrade_request(upgrade_)); }
  Step take(std::string_view bytes) override;
  Step woken() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  /// "upgrade", then the inner one's.
  std::string_view operation() const override { return accepted_ ? inner_->operation() : "upgrade"; }
  void fill(fact::Observation& seen) const override;
  std::size_t most_bytes() const override { return inner_->most_bytes() + kHttpBytes; }

 private:
  static constexpr std::size_t kHttpBytes = 160 * 1024;

  Step answered();
  Step refused() const;
  Step read_frames();
  Step read(const WebSocketFrame& frame);
  std::string show_close() const;
  template <typename Call>
  Step inside(Call call);

  WebSocketUpgrade upgrade_;
  std::unique_ptr<Dialogue> inner_;
  std::function<std::uint32_t()> random_;
  Http1Response response_;
  WebSocketFrames frames_{128 * 1024};
  std::uint64_t pings_ = 0;
  bool accepted_ = false;
  double answered_at_ = 0;
  std::optional<WebSocketClose> close_;
};

}  // namespace aztriage::probe::wire
