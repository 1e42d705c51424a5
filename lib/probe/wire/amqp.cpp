#include "probe/wire/amqp.h"

#include "base/text.h"
#include "fact/value.h"
#include "probe/head.h"
#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::Failure;
using fact::FailureKind;
using fact::Value;

namespace {

constexpr std::string_view kSaslHeader("AMQP\x03\x01\x00\x00", 8);
constexpr std::string_view kAmqpHeader("AMQP\x00\x01\x00\x00", 8);
constexpr std::size_t kHeaderSize = 8;
constexpr std::size_t kFrameHead = 8;
constexpr std::uint32_t kMostFrame = 64 * 1024;
constexpr std::size_t kMostFrames = 200;
constexpr std::size_t kMostMechanisms = 50;
constexpr Milliseconds kCloseWait{2000};
/// A link that the server refuses is attached first and detached right behind (2.6.3).
constexpr Milliseconds kDetachWait{1000};

enum Code : std::uint64_t {
  kOpen = 0x10,
  kBegin = 0x11,
  kAttach = 0x12,
  kDetach = 0x16,
  kEnd = 0x17,
  kClose = 0x18,
  kError = 0x1d,
  kSource = 0x28,
  kTarget = 0x29,
  kMechanisms = 0x40,
  kInit = 0x41,
  kChallenge = 0x42,
  kResponse = 0x43,
  kOutcome = 0x44,
};
constexpr std::array<std::string_view, 5> kOutcomes = {"ok", "auth", "sys", "sys-perm", "sys-temp"};

/// `1.0`, `1.0 with SASL`, `0-9-1`: what a protocol header names. 0-9-1 and before have other fields there.
std::string version_of(std::string_view header) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(header[i]); };
  if (byte(4) == 0 && byte(5) == 0) return fmt::format("{}-{}-{}", byte(5), byte(6), byte(7));
  if (byte(4) == 1 && byte(5) == 1) return fmt::format("{}-{}", byte(6), byte(7));
  const std::string number = fmt::format("{}.{}", byte(5), byte(6));
  return byte(4) == 3 ? number + " with SASL" : byte(4) == 2 ? number + " with TLS" : number;
}

std::vector<std::string> symbols_of(const AmqpValue& value) {
  std::vector<std::string> all;
  if (value.is_text()) all.push_back(said(value.bytes, 100));
  for (const AmqpValue& item : value.items) {
    if (item.is_text() && all.size() < kMostMechanisms) all.push_back(said(item.bytes, 100));
  }
  return all;
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

std::string Amqp::opening() const {
  return std::string(kAmqpHeader) +
         amqp_frame(0, 0,
                    amqp_described(kOpen, {amqp_text(plan_.container), amqp_text(plan_.host),
                                           amqp_uint(kMostFrame), amqp_ushort(0)}));
}

Dialogue::Step Amqp::begin() {
  stage_ = plan_.sasl ? Stage::sasl_header : Stage::header;
  if (plan_.sasl) return send(std::string(kSaslHeader));
  return send(opening());
}

std::string_view Amqp::operation() const {
  switch (stage_) {
    case Stage::sasl_header:
    case Stage::header:
      return "header";
    case Stage::mechanisms:
      return "mechanisms";
    case Stage::login:
      return "login";
    case Stage::open:
      return "open";
    case Stage::attach:
      return "attach";
    case Stage::hold:
      return "hold";
    case Stage::close:
      return "close";
  }
  return "close";
}

Dialogue::Step Amqp::take(std::string_view bytes) {
  buffer_ += bytes;
  quiet_since_ = now();
  Step all;
  while (true) {
    Step one;
    if (stage_ == Stage::sasl_header || stage_ == Stage::header) {
      const std::string_view start = std::string_view(buffer_).substr(0, 4);
      if (start != std::string_view("AMQP").substr(0, start.size()))
        return broken(FailureKind::protocol_mismatch, other_protocol(buffer_));
      if (buffer_.size() < kHeaderSize) return all;
      one = read_header();
    } else {
      if (buffer_.size() < kFrameHead) return all;
      ByteReader reader(buffer_);
      const std::uint32_t size = reader.u32();
      const std::uint8_t offset = reader.u8();
      AmqpFrame frame{.type = reader.u8(), .channel = reader.u16(), .body = {}};
      if (size < kFrameHead || offset < 2 || offset * 4U > size)
        return broken(FailureKind::answer_malformed, "a frame's sizes do not fit together");
      if (size > kMostFrame)
        return broken(FailureKind::answer_too_large, fmt::format("a frame of {} bytes", size));
      if (buffer_.size() < size) return all;
      if (++frames_ > kMostFrames) return broken(FailureKind::answer_too_large, "frames without end");
      const std::string whole = buffer_.substr(0, size);
      buffer_.erase(0, size);
      frame.body = std::string_view(whole).substr(offset * 4U);
      one = read_frame(frame);
    }
    all.send += one.send;
    if (one.wait.count() > 0) all.wait = one.wait;
    all.done = one.done;
    all.failure = std::move(one.failure);
    if (all.done || all.failure) return all;
  }
}

Dialogue::Step Amqp::read_header() {
  const std::string header = buffer_.substr(0, kHeaderSize);
  buffer_.erase(0, kHeaderSize);
  answered_ = true;
  if (header_at_ == 0) header_at_ = now();
  const std::string version = version_of(header);
  if (!has(versions_, version)) versions_.push_back(version);
  const bool sasl = stage_ == Stage::sasl_header;
  if (header == (sasl ? kSaslHeader : kAmqpHeader)) {
    stage_ = sasl ? Stage::mechanisms : Stage::open;
    return {};
  }
  const auto id = static_cast<unsigned char>(header[4]);
  if (header[5] == 1 && (id == 0 || id == 3))
    return broken(FailureKind::answer_refused, id == 3
                                                   ? "the server speaks AMQP 1.0 only behind a login (SASL)"
                                                   : "the server offers no login (SASL)");
  return broken(FailureKind::protocol_mismatch, "the server speaks AMQP " + version);
}

Dialogue::Step Amqp::read_frame(const AmqpFrame& frame) {
  const bool sasl = stage_ == Stage::mechanisms || stage_ == Stage::login;
  if (frame.body.empty() && !sasl) return {};
  if (frame.type != (sasl ? 1 : 0))
    return broken(FailureKind::answer_malformed,
                  fmt::format("a frame of type {} where none may be", frame.type));
  std::string_view body = frame.body;
  const auto value = read_amqp(body);
  if (!value || !value->descriptor || value->kind != AmqpValue::Kind::list)
    return broken(FailureKind::answer_malformed, "a frame's content can't be read");
  return sasl ? read_sasl(*value) : read_performative(*value);
}

Dialogue::Step Amqp::read_sasl(const AmqpValue& value) {
  if (stage_ == Stage::mechanisms && *value.descriptor == kMechanisms) return choose(value.at(0));
  if (stage_ == Stage::login && *value.descriptor == kOutcome) return outcome(value);
  if (stage_ == Stage::login && *value.descriptor == kChallenge)
    return send(amqp_frame(1, 0, amqp_described(kResponse, {amqp_binary("")})));
  return broken(FailureKind::answer_malformed,
                fmt::format("an unexpected SASL frame {:#x}", *value.descriptor));
}

Dialogue::Step Amqp::choose(const AmqpValue& offered) {
  offered_ = symbols_of(offered);
  tried_ = plan_.mechanism;
  const bool login = !plan_.user.empty();
  withheld_ = login && !trusted();
  if (tried_.empty() && login && !withheld_) tried_ = "PLAIN";
  if (withheld_ && (tried_ == "PLAIN" || tried_.empty())) tried_ = "ANONYMOUS";
  if (tried_.empty()) tried_ = has(*offered_, "ANONYMOUS") ? "ANONYMOUS" : "EXTERNAL";
  if (!has(*offered_, tried_)) {
    const std::string wanted = std::exchange(tried_, {});
    // Nothing was asked for: what is offered is all that can be learnt without a login.
    if (plan_.mechanism.empty() && (!login || withheld_)) return finished();
    return broken(FailureKind::answer_refused, wanted + " is not among the offered ways to log in");
  }
  stage_ = Stage::login;
  std::string initial;
  if (tried_ == "PLAIN") initial = std::string(1, '\0') + plan_.user + std::string(1, '\0') + plan_.password;
  if (tried_ == "ANONYMOUS") initial = "aztriage";
  return send(amqp_frame(
      1, 0, amqp_described(kInit, {amqp_symbol(tried_), amqp_binary(initial), amqp_text(plan_.host)})));
}

Dialogue::Step Amqp::outcome(const AmqpValue& value) {
  const AmqpValue& code = value.at(0);
  if (code.kind != AmqpValue::Kind::number || code.number < 0 || code.number > 255)
    return broken(FailureKind::answer_malformed, "the outcome of the login can't be read");
  outcome_ = static_cast<int>(code.number);
  if (*outcome_ != 0) {
    condition_ = *outcome_ < 5 ? std::string(kOutcomes[static_cast<std::size_t>(*outcome_)])
                               : std::to_string(*outcome_);
    description_ = said(value.at(1).bytes);
    return {.failure = Failure{{},
                               FailureKind::answer_refused,
                               "the login by " + tried_ + " was refused: " + condition_,
                               condition_}};
  }
  stage_ = Stage::header;
  return send(opening());
}

Dialogue::Step Amqp::read_performative(const AmqpValue& value) {
  switch (*value.descriptor) {
    case kOpen:
      return stage_ == Stage::open && !open_
                 ? opened(value)
                 : broken(FailureKind::answer_malformed, "the server opens twice");
    case kClose:
      return refused_by(value.at(0), "the connection");
    case kEnd:
      return refused_by(value.at(0), "the session");
    case kDetach:
      return refused_by(value.at(2), "the link");
    case kAttach:
      return stage_ == Stage::attach ? attached(value) : Step{};
    default:
      return {};
  }
}

Dialogue::Step Amqp::opened(const AmqpValue& value) {
  open_ = value;
  open_at_ = now();
  // A server that will not have us opens with nothing and closes right behind (2.4.3), so let it say why.
  if (plan_.entity.empty()) return after_open();
  stage_ = Stage::attach;
  const std::string begin =
      amqp_described(kBegin, {amqp_null(), amqp_uint(0), amqp_uint(100), amqp_uint(100)});
  const std::string entity = amqp_text(plan_.entity);
  const std::string attach = amqp_described(
      kAttach, {amqp_text(plan_.container), amqp_uint(0), amqp_bool(plan_.receive), amqp_null(), amqp_null(),
                amqp_described(kSource, {plan_.receive ? entity : amqp_null()}),
                amqp_described(kTarget, {plan_.receive ? amqp_null() : entity}), amqp_null(), amqp_null(),
                plan_.receive ? amqp_null() : amqp_uint(0)});
  return send(amqp_frame(0, 0, begin) + amqp_frame(0, 0, attach));
}

Dialogue::Step Amqp::attached(const AmqpValue& value) {
  attached_ = true;
  // Without the far end that was asked for, a detach with the reason is under way (2.6.3).
  link_refused_ = value.at(plan_.receive ? 5 : 6).is_null();
  if (link_refused_) return {.wait = kDetachWait};
  return after_open();
}

Dialogue::Step Amqp::after_open() {
  return plan_.hold > 0 ? start_hold() : start_close();
}

Dialogue::Step Amqp::start_hold() {
  stage_ = Stage::hold;
  hold_since_ = quiet_since_ = now();
  return {.wait = Milliseconds(static_cast<long>(plan_.hold * 1000))};
}

Dialogue::Step Amqp::start_close() {
  stage_ = Stage::close;
  return {.send = amqp_frame(0, 0, amqp_described(kClose, {})), .wait = kCloseWait};
}

/// A close, end or detach: the answer to ours, or a refusal with its error (part 2, section 2.8.14).
Dialogue::Step Amqp::refused_by(const AmqpValue& error, std::string_view what) {
  const bool reasoned = error.kind == AmqpValue::Kind::list && error.descriptor == kError;
  if (reasoned) {
    condition_ = said(error.at(0).bytes, 200);
    description_ = said(error.at(1).bytes);
  }
  if (stage_ == Stage::close && !reasoned) return finished();
  if (stage_ == Stage::hold) {
    held_ = now() - hold_since_;
    cut_after_ = now() - quiet_since_;
  }
  std::string text = "the server closed " + std::string(what);
  if (!condition_.empty()) text += " with " + quote(condition_);
  if (!description_.empty()) text += ": " + quote(description_, 300);
  // An error right behind the open refuses what was opened, whatever we have said meanwhile.
  const auto kind = stage_ == Stage::hold ? FailureKind::tcp_closed : FailureKind::answer_refused;
  const std::string operation = stage_ == Stage::close ? (plan_.entity.empty() ? "open" : "attach") : "";
  return {.send = amqp_frame(0, 0, amqp_described(kClose, {})),
          .failure = Failure{operation, kind, text, said(condition_, 200)}};
}

Dialogue::Step Amqp::woken() {
  switch (stage_) {
    case Stage::attach:
      if (!link_refused_) return {};
      return broken(FailureKind::answer_refused,
                    "the server attached the link to nothing and gave no reason");
    case Stage::hold:
      held_ = now() - hold_since_;
      return start_close();
    case Stage::close:
      return finished();
    default:
      return {};
  }
}

Dialogue::Step Amqp::closed(const std::optional<Failure>& failure) {
  if (stage_ == Stage::close) return finished();
  if (stage_ == Stage::hold) {
    held_ = now() - hold_since_;
    cut_after_ = now() - quiet_since_;
  }
  return Dialogue::closed(failure);
}

void Amqp::fill(fact::Observation& seen) const {
  auto& facts = seen.facts;
  seen.answered = seen.answered || answered_;
  if (!answered_) return;
  facts["versions"] = Value::list_of(fact::Kind::text, versions_);
  facts["time.header"] = Value::number(header_at_);
  if (offered_) {
    facts["offered"] = Value::list_of(fact::Kind::text, *offered_);
    if (!tried_.empty()) facts["mechanism"] = Value::text(said(tried_, 100));
  }
  if (withheld_) facts["withheld"] = Value::boolean(true);
  if (outcome_) facts["logged-in"] = Value::boolean(*outcome_ == 0);
  if (outcome_ || open_) seen.read.insert("refused-with");
  if (!condition_.empty()) facts["refused-with"] = Value::text(said(condition_, 200));
  if (!description_.empty()) facts["error.text"] = Value::text(description_);
  if (held_) {
    facts["held"] = Value::number(*held_);
    seen.read.insert("idle-cut-after");
  }
  if (cut_after_) facts["idle-cut-after"] = Value::number(*cut_after_);
  if (attached_) facts["attached"] = Value::boolean(!link_refused_);
  seen.summary = summary();
  if (!open_) return;
  facts["time.open"] = Value::number(open_at_);
  if (open_->at(0).is_text()) facts["container"] = Value::text(said(open_->at(0).bytes, 200));
  if (open_->at(2).kind == AmqpValue::Kind::number) facts["max-frame"] = Value::number(open_->at(2).number);
  if (open_->at(4).kind == AmqpValue::Kind::number)
    facts["idle-timeout"] = Value::number(open_->at(4).number / 1000);
  const auto& properties = open_->at(9).items;
  for (std::size_t i = 0; i + 1 < properties.size() && i < 100; i += 2) {
    if (properties[i].is_text() && properties[i + 1].is_text())
      facts["properties." + said(properties[i].bytes, 100)] = Value::text(said(properties[i + 1].bytes, 500));
  }
  seen.read.insert("idle-timeout");
}

std::string Amqp::summary() const {
  std::string out = "AMQP " + (versions_.empty() ? "?" : versions_.back());
  if (offered_) out += ", offers " + quote(text::join(*offered_, " "), 200);
  if (outcome_)
    out += *outcome_ == 0 ? ", " + tried_ + " logged in" : ", " + tried_ + " refused: " + condition_;
  if (open_) out += ", open after " + show_seconds(open_at_);
  if (cut_after_) out += ", cut after " + show_seconds(*cut_after_) + " idle";
  if (!condition_.empty() && (!outcome_ || *outcome_ == 0)) out += ", then " + quote(condition_);
  if (!description_.empty()) out += ": " + quote(description_, 200);
  if (withheld_) out += ", password withheld";
  return out;
}

}  // namespace aztriage::probe::wire
