#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/websocket_frames.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// Opens a WebSocket (RFC 6455), pings it, leaves it idle as long as is asked for, pings it again and closes
/// it. Everything that the server says unasked is counted, and its first text kept.
class WebSocket : public Dialogue {
 public:
  struct Plan {
    WebSocketUpgrade upgrade;
    std::optional<WebSocketUpgrade> untrusted;  // what is asked where secrets may not be said
    bool ping = true;
    double hold = 0;                        // seconds
    std::function<std::uint32_t()> random;  // for masks
  };
  explicit WebSocket(Plan plan) : plan_(std::move(plan)) {}

  Step begin() override;
  Step take(std::string_view bytes) override;
  Step woken() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;
  std::size_t most_bytes() const override { return std::size_t{64} << 20; }

  bool accepted() const { return accepted_; }

 private:
  enum class Stage { upgrade, ping, hold, last_ping, close };

  const WebSocketUpgrade& asked() const;
  Step answered();
  Step refused();
  Step read_frames();
  Step read(const WebSocketFrame& frame);
  Step server_closes(const WebSocketFrame& frame);
  Step ended(std::string_view how, fact::Failure failure);
  Step after_upgrade();
  Step start_ping(Stage stage);
  Step start_hold();
  Step start_close();
  void fill_answer(fact::Observation& seen) const;
  std::string summary() const;

  Plan plan_;
  Stage stage_ = Stage::upgrade;
  bool withheld_ = false;
  Http1Response response_;
  double answered_at_ = 0;
  bool accepted_ = false;
  WebSocketFrames frames_{4096};
  std::string ping_text_;
  double pinged_at_ = 0;
  bool ping_tried_ = false;
  std::optional<double> rtt_;
  double hold_since_ = 0;   // when the idle time began
  double quiet_since_ = 0;  // since the last byte in either direction
  std::optional<double> held_, cut_after_;
  std::optional<bool> alive_;
  std::optional<WebSocketClose> close_;
  std::string_view ended_by_;
  std::uint64_t messages_ = 0, pings_ = 0;
  std::optional<std::string> message_;
};

/// The facts of a response under the names of the probe `http`, but for those that are left out here.
void fill_response(const Http1Response& response, fact::Observation& seen);
inline constexpr std::string_view kResponseLacks[] = {
    "size",      "decoded-size", "encoding",     "complete",        "digest",     "redirects",
    "final-url", "withheld",     "time.connect", "time.first-byte", "time.total", "redirects.loop",
    "time.tls",  "clock-offset", "protocol",     "sent-host",       "sent-sni",   "asked"};

}  // namespace aztriage::probe::wire
