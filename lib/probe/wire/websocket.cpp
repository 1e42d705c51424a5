#include "probe/wire/websocket.h"

#include "probe/head.h"
#include "probe/http_facts.h"
#include "probe/wire/said.h"

#include <algorithm>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::Failure;
using fact::FailureKind;
using fact::Value;

namespace {

constexpr Milliseconds kBodyWait{2000};
constexpr Milliseconds kPongWait{3000};
constexpr Milliseconds kCloseWait{2000};
constexpr std::uint64_t kMostPongs = 1000;
constexpr int kNormalClosure = 1000;

std::string close_payload(int code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

std::string show_close(const WebSocketClose& close) {
  std::string out = std::to_string(close.code);
  if (const auto meaning = close_meaning(close.code); !meaning.empty()) out += " " + std::string(meaning);
  if (!close.reason.empty()) out += ": " + quote(close.reason, 200);
  return out;
}

}  // namespace

const WebSocketUpgrade& WebSocket::asked() const {
  return withheld_ ? *plan_.untrusted : plan_.upgrade;
}

Dialogue::Step WebSocket::begin() {
  withheld_ = plan_.untrusted && !trusted();
  return send(upgrade_request(asked()));
}

std::string_view WebSocket::operation() const {
  switch (stage_) {
    case Stage::upgrade:
      return "upgrade";
    case Stage::ping:
      return "ping";
    case Stage::hold:
    case Stage::last_ping:
      return "hold";
    case Stage::close:
      return "close";
  }
  return "close";
}

Dialogue::Step WebSocket::take(std::string_view bytes) {
  if (accepted_) {
    frames_.feed(bytes);
    return read_frames();
  }
  const auto before = response_.state();
  switch (response_.take(bytes)) {
    case Http1Response::State::head:
      return {};
    case Http1Response::State::bad:
      return broken(response_.other() ? FailureKind::protocol_mismatch : FailureKind::http_malformed,
                    response_.fault());
    case Http1Response::State::body:
      if (before == Http1Response::State::head) answered_at_ = now();
      return before == Http1Response::State::head ? Step{.wait = kBodyWait} : Step{};
    case Http1Response::State::whole:
      if (before == Http1Response::State::head) answered_at_ = now();
      return answered();
  }
  return {};
}

Dialogue::Step WebSocket::answered() {
  if (response_.status() != 101) return refused();
  if (auto fault = upgrade_fault(response_, asked())) return broken(FailureKind::answer_malformed, *fault);
  accepted_ = true;
  quiet_since_ = now();
  frames_.feed(response_.rest());
  Step first = after_upgrade();
  Step then = read_frames();
  then.send = first.send + then.send;
  if (then.wait.count() == 0) then.wait = first.wait;
  return then;
}

Dialogue::Step WebSocket::refused() {
  std::string text = std::to_string(response_.status());
  if (!response_.reason().empty()) text += " " + quote(response_.reason(), 60);
  if (response_.status() < 300) text += ": the upgrade was ignored, as if it had not arrived";
  return {.failure = Failure{{}, FailureKind::answer_refused, text, std::to_string(response_.status())}};
}

Dialogue::Step WebSocket::after_upgrade() {
  if (plan_.ping) return start_ping(Stage::ping);
  return plan_.hold > 0 ? start_hold() : start_close();
}

Dialogue::Step WebSocket::start_ping(Stage stage) {
  stage_ = stage;
  ping_tried_ = true;
  pinged_at_ = now();
  ping_text_ = fmt::format("{:08x}", plan_.random());
  return {.send = client_frame(Opcode::ping, ping_text_, plan_.random()), .wait = kPongWait};
}

Dialogue::Step WebSocket::start_hold() {
  stage_ = Stage::hold;
  hold_since_ = quiet_since_ = now();
  return {.wait = Milliseconds(static_cast<long>(plan_.hold * 1000))};
}

Dialogue::Step WebSocket::start_close() {
  stage_ = Stage::close;
  return {.send = client_frame(Opcode::close, close_payload(kNormalClosure), plan_.random()),
          .wait = kCloseWait};
}

Dialogue::Step WebSocket::woken() {
  switch (stage_) {
    case Stage::upgrade:  // the body of a refusal does not end
      return response_.state() == Http1Response::State::body ? refused() : Step{};
    case Stage::ping:
      return plan_.hold > 0 ? start_hold() : start_close();
    case Stage::hold:
      held_ = now() - hold_since_;
      return rtt_ ? start_ping(Stage::last_ping) : start_close();
    case Stage::last_ping:
      alive_ = false;
      return broken(
          FailureKind::answer_timeout,
          fmt::format("after {} idle, a ping is not answered: the connection was cut on the way, and "
                      "neither end was told",
                      show_seconds(*held_)));
    case Stage::close:
      return finished();
  }
  return finished();
}

Dialogue::Step WebSocket::read_frames() {
  Step all;
  while (auto frame = frames_.next()) {
    Step one = read(*frame);
    all.send += one.send;
    if (one.wait.count() > 0) all.wait = one.wait;
    quiet_since_ = now();
    if (!one.done && !one.failure) continue;
    all.done = one.done;
    all.failure = std::move(one.failure);
    return all;
  }
  if (!frames_.fault().empty()) return broken(FailureKind::answer_malformed, frames_.fault());
  return all;
}

Dialogue::Step WebSocket::read(const WebSocketFrame& frame) {
  switch (frame.opcode) {
    case Opcode::close:
      return server_closes(frame);
    case Opcode::ping:
      if (++pings_ > kMostPongs) return {};
      return send(client_frame(Opcode::pong, frame.payload, plan_.random()));
    case Opcode::pong:
      if (frame.payload != ping_text_) return {};
      if (stage_ == Stage::ping) {
        rtt_ = now() - pinged_at_;
        return plan_.hold > 0 ? start_hold() : start_close();
      }
      if (stage_ != Stage::last_ping) return {};
      alive_ = true;
      return start_close();
    case Opcode::text:
      if (!message_) message_ = said(frame.payload, 4096);
      [[fallthrough]];
    default:
      if (frame.last) ++messages_;
      return {};
  }
}

Dialogue::Step WebSocket::server_closes(const WebSocketFrame& frame) {
  const auto close = read_close(frame.payload);
  if (!close) return broken(FailureKind::answer_malformed, "a close frame's code can't be read");
  if (stage_ == Stage::close) return finished();  // the answer to ours
  close_ = close;
  return ended("close-frame",
               Failure{{},
                       stage_ == Stage::ping ? FailureKind::answer_refused : FailureKind::tcp_closed,
                       "the server closed the WebSocket with " + show_close(*close),
                       std::to_string(close->code)});
}

Dialogue::Step WebSocket::ended(std::string_view how, Failure failure) {
  ended_by_ = how;
  if (stage_ == Stage::hold) {
    held_ = now() - hold_since_;
    cut_after_ = now() - quiet_since_;
  } else if (stage_ == Stage::last_ping) {
    alive_ = false;
  }
  return {.failure = std::move(failure)};
}

Dialogue::Step WebSocket::closed(const std::optional<Failure>& failure) {
  if (stage_ == Stage::close) return finished();
  if (!accepted_) {
    if (!failure && response_.end() == Http1Response::State::whole) return refused();
    return response_.status() != 0 && response_.state() == Http1Response::State::body
               ? refused()
               : Dialogue::closed(failure);
  }
  const bool reset = failure && failure->kind == FailureKind::tcp_reset;
  return ended(reset ? "reset" : "closed",
               failure.value_or(
                   Failure{{}, FailureKind::tcp_closed, "the connection was closed without a close frame"}));
}

void fill_response(const Http1Response& response, fact::Observation& seen) {
  net::HttpReply reply;
  reply.status = response.status();
  reply.reason = response.reason();
  reply.version = response.version();
  reply.headers = response.headers();
  reply.headers_read =
      response.state() == Http1Response::State::body || response.state() == Http1Response::State::whole;
  if (!reply.headers_read) return;
  reply.body = response.body();
  if (response.complete()) reply.complete = true;
  fact::Observation all;
  fill_reply(reply, all);
  for (const auto name : kResponseLacks) {
    if (const auto it = all.facts.find(name); it != all.facts.end()) all.facts.erase(it);
  }
  seen.facts.merge(all.facts);
  seen.read.merge(all.read);
  seen.answered = true;
}

void WebSocket::fill(fact::Observation& seen) const {
  auto& facts = seen.facts;
  if (withheld_) facts["withheld"] = Value::boolean(true);
  fill_response(response_, seen);
  if (!seen.answered) return;
  facts["accepted"] = Value::boolean(accepted_);
  facts["time.upgrade"] = Value::number(answered_at_);
  if (const auto protocol = response_.header("sec-websocket-protocol"); accepted_ && protocol)
    facts["subprotocol"] = Value::text(said(*protocol, 200));
  seen.read.insert("subprotocol");
  if (ping_tried_ && stage_ != Stage::ping) seen.read.insert("ping");
  if (rtt_) facts["ping.rtt"] = Value::number(*rtt_);
  if (held_) facts["held"] = Value::number(*held_);
  if (cut_after_) facts["idle-cut-after"] = Value::number(*cut_after_);
  if (alive_) facts["alive"] = Value::boolean(*alive_);
  if (held_) seen.read.insert("idle-cut-after");
  if (close_) {
    facts["closed-with"] = Value::number(close_->code);
    facts["closed-reason"] = Value::text(said(close_->reason, 200));
  }
  if (!ended_by_.empty()) facts["ended-by"] = Value::text(std::string(ended_by_), fact::Kind::choice);
  if (accepted_) {
    facts["messages"] = Value::number(static_cast<double>(messages_));
    facts["pings"] = Value::number(static_cast<double>(pings_));
    seen.read.insert({"message", "closed-with"});
  }
  if (message_) facts["message"] = Value::text(*message_);
  seen.summary = summary();
}

std::string WebSocket::summary() const {
  std::string out = accepted_ ? "accepted" : "refused with " + std::to_string(response_.status());
  if (!accepted_ && response_.status() == 101) out = "a broken 101";
  out += " after " + show_seconds(answered_at_);
  if (rtt_) out += ", ping " + show_seconds(*rtt_);
  if (cut_after_) {
    out += ", cut after " + show_seconds(*cut_after_) + " idle";
  } else if (held_) {
    out += ", held " + show_seconds(*held_);
    if (alive_ && !*alive_) out += ", then dead";
  }
  if (close_) out += ", closed with " + show_close(*close_);
  if (withheld_) out += ", secrets withheld";
  return out;
}

}  // namespace aztriage::probe::wire
