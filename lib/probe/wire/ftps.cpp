#include "probe/wire/ftps.h"

#include "base/text.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kLongestLine = 4 * 1024;
constexpr std::size_t kMostText = 4 * 1024;
constexpr std::size_t kMostFeatures = 100;

bool has_code(std::string_view line) {
  return line.size() >= 3 && line[0] >= '1' && line[0] <= '6' &&
         line.substr(0, 3).find_first_not_of("0123456789") == std::string_view::npos &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}
int code_of(std::string_view line) {
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}
Value bounded(std::string_view text) {
  return Value::text(text::to_utf8(text.substr(0, kMostText)));
}

}  // namespace

std::string_view FtpsTalk::operation() const {
  switch (stage_) {
    case Stage::banner:
      return "banner";
    case Stage::features:
      return "features";
    case Stage::user:
      return "plain";
    case Stage::auth:
      return "auth";
    default:
      return "protection";
  }
}

Dialogue::Step FtpsTalk::take(std::string_view bytes) {
  buffer_ += bytes;
  Step all;
  std::size_t end = 0;
  while (stage_ != Stage::over && (end = buffer_.find('\n')) != std::string::npos) {
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (text.ends_with('\r')) text.pop_back();
    Step step = line(text);
    all.send += step.send;
    if (step.start_tls && !buffer_.empty()) {
      return broken(FailureKind::answer_malformed, "the server went on in plain text after it agreed to TLS");
    }
    if (step.done || step.failure || step.start_tls) {
      step.send = std::move(all.send);
      return step;
    }
  }
  const bool strange =
      stage_ == Stage::banner && !within_ && buffer_.size() >= 3 && !has_code(buffer_.substr(0, 3));
  if (strange || buffer_.size() > kLongestLine) return line(std::exchange(buffer_, {}));
  return all;
}

Dialogue::Step FtpsTalk::line(std::string_view text) {
  const bool coded = has_code(text);
  if (!coded && !within_) {
    if (stage_ == Stage::banner) {
      preface_ = text::to_utf8(text.substr(0, 512));
      return broken(FailureKind::protocol_mismatch, "the server said: " + quote(text));
    }
    return broken(FailureKind::answer_malformed, "no reply of FTP: " + quote(text));
  }
  const bool same = coded && (!within_ || code_of(text) == open_.code);
  if (!within_) open_ = FtpReply{.code = code_of(text), .text = {}};
  std::string_view words = text;
  if (same) words.remove_prefix(std::min<std::size_t>(4, words.size()));
  if (open_.text.size() + words.size() < kMostText) {
    if (within_) open_.text += '\n';
    open_.text += words;
  }
  within_ = !same || (text.size() > 3 && text[3] == '-');
  if (within_) return {};
  last_ = open_;
  last_at_ = now();
  return reply(open_);
}

Dialogue::Step FtpsTalk::refuse(std::string_view what, const FtpReply& reply) {
  Step step =
      broken(FailureKind::answer_refused, fmt::format("{} {} {}", what, reply.code, quote(reply.text, 200)));
  step.failure->code = fmt::format("{}", reply.code);
  return step;
}

Dialogue::Step FtpsTalk::end() {
  stage_ = Stage::over;
  return finished("QUIT\r\n");
}

Dialogue::Step FtpsTalk::reply(const FtpReply& reply) {
  switch (stage_) {
    case Stage::banner:
      if (reply.code < 200) return {};  // 120: ready in a while
      banner_ = reply;
      banner_at_ = now();
      if (reply.code != 220) return refuse("the server does not let us begin:", reply);
      stage_ = plan_.plain ? Stage::user : Stage::features;
      return send(plan_.plain ? "USER " + plan_.user + "\r\n" : "FEAT\r\n");
    case Stage::features:
      read_features(reply);
      asked_at_ = now();
      stage_ = plan_.implicit ? Stage::buffer : Stage::auth;
      return send(plan_.implicit ? "PBSZ 0\r\n" : "AUTH TLS\r\n");
    case Stage::user:
      user_ = reply;
      return end();
    case Stage::auth:
      auth_ = reply;
      auth_at_ = now();
      if (reply.code != 234) return refuse("the server refused TLS:", reply);
      tls_ = true;
      return {.start_tls = true};
    case Stage::buffer:
      stage_ = Stage::protection;
      return send("PROT P\r\n");
    default:
      protection_ = reply.code == 200;
      return end();
  }
}

Dialogue::Step FtpsTalk::secured() {
  stage_ = Stage::buffer;
  return send("PBSZ 0\r\n");
}

/// RFC 2389 3.2: one feature a line, between the first line and the last.
void FtpsTalk::read_features(const FtpReply& reply) {
  features_.emplace();
  if (reply.code != 211) return;
  const auto lines = text::split(reply.text, '\n');
  for (std::size_t i = 1; i + 1 < lines.size() && features_->size() < kMostFeatures; ++i) {
    const std::string_view name = text::trim(lines[i]);
    if (!name.empty()) features_->push_back(text::to_utf8(name.substr(0, 200)));
  }
}

Dialogue::Step FtpsTalk::closed(const std::optional<fact::Failure>& failure) {
  if (failure) return {.failure = failure};
  // A first line of another protocol that was never ended.
  const bool begun = !buffer_.empty() && buffer_[0] >= '1' && buffer_[0] <= '6';
  if (stage_ == Stage::banner && !within_ && !buffer_.empty() && !begun) return line(buffer_);
  return broken(FailureKind::tcp_closed, "the server closed the connection");
}

void FtpsTalk::fill(fact::Observation& seen) const {
  if (!preface_.empty()) put(seen, "preface", Value::text(preface_));
  if (banner_) {
    seen.answered = true;
    seen.read.insert("banner");
    put(seen, "banner", bounded(banner_->text));
    put(seen, "time.banner", Value::number(banner_at_));
  }
  if (features_) {
    seen.read.insert("features");
    put(seen, "features", Value::list_of(Kind::text, *features_));
  }
  if (auth_) {
    seen.read.insert("auth");
    seen.read.insert("auth-tls");
    put(seen, "auth-tls", Value::boolean(tls_));
    put(seen, "auth.code", Value::number(auth_->code));
    put(seen, "auth.text", bounded(auth_->text));
    put(seen, "time.auth", Value::number(auth_at_ - asked_at_));
  }
  if (protection_) {
    seen.read.insert("protection");
    put(seen, "protection", Value::boolean(*protection_));
  }
  if (last_) {
    seen.read.insert("reply");
    put(seen, "reply.code", Value::number(last_->code));
    put(seen, "reply.text", bounded(last_->text));
    put(seen, "time.total", Value::number(last_at_));
  }
  if (seen.failure || !banner_) return;
  seen.summary = plan_.implicit ? "FTP with TLS from the start" : "FTP that begins TLS when asked";
  if (protection_ && !*protection_) seen.summary += ", not for data";
  const std::string first(text::split(banner_->text, '\n').front());
  if (!first.empty()) seen.summary += ": " + quote(text::to_utf8(first), 80);
}

}  // namespace aztriage::probe::wire
