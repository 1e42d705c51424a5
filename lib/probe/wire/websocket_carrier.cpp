#include "probe/wire/websocket_carrier.h"

#include "probe/wire/said.h"
#include "probe/wire/websocket.h"

namespace aztriage::probe::wire {

using fact::Failure;
using fact::FailureKind;
using fact::Value;

namespace {

constexpr Milliseconds kBodyWait{2000};
constexpr std::uint64_t kMostPongs = 1000;
constexpr std::string_view kNormalClosure("\x03\xe8", 2);

}  // namespace

/// What the inner dialogue says, as frames.
template <typename Call>
Dialogue::Step WebSocketCarrier::inside(Call call) {
  inner_->set_now(now());
  inner_->set_trusted(trusted());
  Step step = call();
  if (!step.send.empty()) step.send = client_frame(Opcode::binary, step.send, random_());
  if (step.done) step.send += client_frame(Opcode::close, kNormalClosure, random_());
  step.start_tls = false;
  return step;
}

Dialogue::Step WebSocketCarrier::take(std::string_view bytes) {
  if (accepted_) {
    frames_.feed(bytes);
    return read_frames();
  }
  const bool headless = response_.state() == Http1Response::State::head;
  const auto state = response_.take(bytes);
  if (state == Http1Response::State::bad) {
    return broken(response_.other() ? FailureKind::protocol_mismatch : FailureKind::http_malformed,
                  response_.fault());
  }
  if (state == Http1Response::State::head) return {};
  if (headless) answered_at_ = now();
  if (state == Http1Response::State::whole) return answered();
  return headless ? Step{.wait = kBodyWait} : Step{};
}

Dialogue::Step WebSocketCarrier::answered() {
  if (response_.status() != 101) return refused();
  if (auto fault = upgrade_fault(response_, upgrade_)) return broken(FailureKind::answer_malformed, *fault);
  accepted_ = true;
  frames_.feed(response_.rest());
  Step first = inside([&] { return inner_->begin(); });
  if (first.done || first.failure) return first;
  Step then = read_frames();
  then.send = first.send + then.send;
  if (then.wait.count() == 0) then.wait = first.wait;
  return then;
}

Dialogue::Step WebSocketCarrier::refused() const {
  std::string text = "the upgrade to a WebSocket was answered with " + std::to_string(response_.status());
  if (!response_.reason().empty()) text += " " + quote(response_.reason(), 60);
  return {.failure = Failure{{}, FailureKind::answer_refused, text, std::to_string(response_.status())}};
}

Dialogue::Step WebSocketCarrier::woken() {
  if (accepted_) return inside([&] { return inner_->woken(); });
  return response_.state() == Http1Response::State::body ? refused() : Step{};
}

Dialogue::Step WebSocketCarrier::read_frames() {
  Step all;
  while (auto frame = frames_.next()) {
    Step one = read(*frame);
    all.send += one.send;
    if (one.wait.count() > 0) all.wait = one.wait;
    all.done = one.done;
    all.failure = std::move(one.failure);
    if (all.done || all.failure) return all;
  }
  if (!frames_.fault().empty()) return broken(FailureKind::answer_malformed, frames_.fault());
  return all;
}

Dialogue::Step WebSocketCarrier::read(const WebSocketFrame& frame) {
  switch (frame.opcode) {
    case Opcode::ping:
      return ++pings_ > kMostPongs ? Step{} : send(client_frame(Opcode::pong, frame.payload, random_()));
    case Opcode::pong:
      return {};
    case Opcode::close: {
      close_ = read_close(frame.payload);
      if (!close_) return broken(FailureKind::answer_malformed, "a close frame's code can't be read");
      Step step = inside([&] { return inner_->closed(std::nullopt); });
      if (step.failure)
        step.failure->text += show_close();
      else
        step.done = true;
      return step;
    }
    case Opcode::text:
      return broken(FailureKind::protocol_mismatch, "the server sends text over the WebSocket, not binary");
    default:
      if (frame.payload.size() < frame.size)
        return broken(FailureKind::answer_too_large, "a message of " + std::to_string(frame.size) + " bytes");
      return inside([&] { return inner_->take(frame.payload); });
  }
}

std::string WebSocketCarrier::show_close() const {
  std::string out = " (WebSocket closed with " + std::to_string(close_->code);
  if (const auto meaning = close_meaning(close_->code); !meaning.empty()) out += " " + std::string(meaning);
  if (!close_->reason.empty()) out += ": " + quote(close_->reason, 150);
  return out + ")";
}

Dialogue::Step WebSocketCarrier::closed(const std::optional<Failure>& failure) {
  if (accepted_) return inside([&] { return inner_->closed(failure); });
  if (!failure && response_.end() == Http1Response::State::whole) return refused();
  return response_.state() == Http1Response::State::body ? refused() : Dialogue::closed(failure);
}

void WebSocketCarrier::fill(fact::Observation& seen) const {
  fill_response(response_, seen);
  if (!seen.answered) return;
  seen.facts["accepted"] = Value::boolean(accepted_);
  seen.facts["time.upgrade"] = Value::number(answered_at_);
  // The HTTP answer alone is no answer of the protocol that was asked for.
  seen.answered = false;
  if (!accepted_) {
    seen.summary = "WebSocket refused with " + std::to_string(response_.status());
    return;
  }
  if (close_) {
    seen.facts["closed-with"] = Value::number(close_->code);
    seen.facts["closed-reason"] = Value::text(said(close_->reason, 200));
  }
  seen.read.insert("closed-with");
  inner_->fill(seen);
}

}  // namespace aztriage::probe::wire
