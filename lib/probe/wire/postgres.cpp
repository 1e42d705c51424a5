#include "probe/wire/postgres.h"

#include "base/text.h"
#include "decode/digest.h"
#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <utility>

namespace aztriage::probe::wire {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kMostMessage = 64 * 1024;
constexpr std::size_t kMostSession = 40;
constexpr std::size_t kMostMechanisms = 20;
constexpr std::uint32_t kVersion3 = 196608;

std::string message_of(char type, std::string_view body) {
  ByteWriter out;
  out.put(std::string_view(&type, 1)).u32(body.size() + 4).put(body);
  return out.bytes();
}

/// A text up to its NUL, which is taken, too.
std::string_view take_text(std::string_view& bytes) {
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  const std::string_view text = bytes.substr(0, end);
  bytes.remove_prefix(std::min(end + 1, bytes.size()));
  return text;
}

/// md5(md5(password + user) + salt), each in hex.
std::string md5_answer(const std::string& password, const std::string& user, std::string_view salt) {
  const auto hex = [](const std::string& text) {
    return decode::to_hex(decode::digest(decode::Digest::md5, text));
  };
  return "md5" + hex(hex(password + user) + std::string(salt));
}

}  // namespace

PostgresTalk::PostgresTalk(PostgresAsked asked) : asked_(std::move(asked)) {
  const bool asks = asked_.tls == PostgresAsked::Tls::automatic || asked_.tls == PostgresAsked::Tls::on;
  if (!asks) stage_ = Stage::login;
}

PostgresTalk::Step PostgresTalk::begin() {
  if (stage_ == Stage::login) return startup();
  return send(ByteWriter().u32(8).u32(80877103).bytes());  // SSLRequest
}

PostgresTalk::Step PostgresTalk::secured() {
  return startup();
}

PostgresTalk::Step PostgresTalk::startup() {
  stage_ = Stage::login;
  ByteWriter body;
  body.u32(kVersion3);
  const auto pair = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) body.put(name).u8(0).put(value).u8(0);
  };
  pair("user", asked_.user);
  pair("database", asked_.database);
  pair("application_name", "aztriage");
  body.u8(0);
  return send(ByteWriter().u32(body.size() + 4).put(body.bytes()).bytes());
}

PostgresTalk::Step PostgresTalk::take(std::string_view bytes) {
  buffer_ += bytes;
  if (stage_ == Stage::tls && tls_answer_.empty()) {
    Step step = tls_answer();
    if (step.done || step.start_tls || step.failure || !step.send.empty()) return step;
  }
  std::string out;
  while (buffer_.size() >= 5) {
    const char type = buffer_[0];
    if (!answered_ && std::string_view("RENv").find(type) == std::string_view::npos) return not_postgres();
    const std::uint32_t length = ByteReader(std::string_view(buffer_).substr(1)).u32();
    if (length < 4 || length > kMostMessage) {
      if (answered_) return broken(FailureKind::answer_malformed, "a message has an impossible length");
      if (type != 'E') return not_postgres();
      // What can't start a session for want of memory says so in the protocol before 3.0: a text alone.
      const std::string_view text = std::string_view(buffer_).substr(1, buffer_.find('\0', 1) - 1);
      if (text::to_utf8(text) != text) return not_postgres();
      error_['M'] = said(text);
      answered_ = true;
      return finished();
    }
    if (buffer_.size() < length + 1) break;
    const std::string whole = buffer_.substr(0, length + 1);
    buffer_.erase(0, length + 1);
    Step step = message(type, std::string_view(whole).substr(5));
    if (step.done || step.failure) {
      step.send.insert(0, out);
      return step;
    }
    out += step.send;
  }
  return send(std::move(out));
}

/// One byte: S, N, or the start of an error.
PostgresTalk::Step PostgresTalk::tls_answer() {
  if (buffer_.empty()) return {};
  if (buffer_[0] == 'E') {
    tls_answer_ = "error";
    return {};
  }
  if ((buffer_[0] != 'S' && buffer_[0] != 'N') || buffer_.starts_with("SSH-")) return not_postgres();
  answered_ = true;
  const bool yes = buffer_[0] == 'S';
  tls_answer_ = yes ? "yes" : "no";
  // Plain text behind the answer would be taken for what comes by TLS.
  if (buffer_.size() > 1)
    return broken(FailureKind::answer_malformed, "it goes on in plain text behind its answer");
  buffer_.clear();
  if (yes) return {.start_tls = true};
  if (asked_.tls == PostgresAsked::Tls::on)
    return broken(FailureKind::tls_not_tls, "the server does not offer TLS");
  return startup();
}

PostgresTalk::Step PostgresTalk::not_postgres() {
  return broken(FailureKind::protocol_mismatch, other_protocol(buffer_));
}

PostgresTalk::Step PostgresTalk::message(char type, std::string_view body) {
  answered_ = true;
  switch (type) {
    case 'R':
      return authentication(body);
    case 'E':
      error(body);
      if (stage_ == Stage::login) login_ = "refused";
      answer_at_ = now();
      return finished();
    case 'S': {
      const std::string name = said(take_text(body), 60);
      if (session_.size() < kMostSession) session_.emplace(name, said(take_text(body), 100));
      return {};
    }
    case 'Z':
      answer_at_ = now();
      stage_ = Stage::ready;
      return finished(message_of('X', ""));
    default:  // notices, keys, versions
      return {};
  }
}

PostgresTalk::Step PostgresTalk::authentication(std::string_view body) {
  ByteReader reader(body);
  const std::uint32_t kind = reader.u32();
  if (!reader.good()) return broken(FailureKind::answer_malformed, "a request for a login is cut off");
  switch (kind) {
    case 0:
      if (auth_.empty()) auth_ = "none";
      login_ = "accepted";
      return {};
    case 3:
      return with_password("password");
    case 5: {
      Step step = with_password("md5");
      if (step.done) return step;
      const std::string salt(reader.take(4));
      return send(message_of('p', md5_answer(*asked_.password, asked_.user, salt) + '\0'));
    }
    case 10:
      return sasl(reader.rest());
    case 11: {
      const auto answer = scram_ ? scram_->answer(reader.rest()) : std::nullopt;
      if (!answer) return broken(FailureKind::answer_malformed, "its SCRAM exchange can't be followed");
      return send(message_of('p', *answer));
    }
    case 12:
      if (scram_ && scram_->proves(reader.rest())) return {};
      return broken(FailureKind::answer_malformed, "the server does not prove that it knows the password");
    default:
      auth_ = kind == 7 ? "gss" : kind == 9 ? "sspi" : "other";
      login_ = "not-tried";
      answer_at_ = now();
      return finished();
  }
}

/// Ends the talk unless there is a password that may be said; a plain one is said by TLS only.
PostgresTalk::Step PostgresTalk::with_password(std::string_view auth) {
  auth_ = auth;
  answer_at_ = now();
  const bool secret = tls_answer_ == "yes" || asked_.tls == PostgresAsked::Tls::direct;
  withheld_ = asked_.password && (!trusted() || (auth == "password" && !secret));
  if (!asked_.password || withheld_) {
    login_ = "not-tried";
    return finished();
  }
  if (auth == "password") return send(message_of('p', *asked_.password + '\0'));
  return {};
}

PostgresTalk::Step PostgresTalk::sasl(std::string_view body) {
  while (!body.empty() && body[0] != '\0' && mechanisms_.size() < kMostMechanisms)
    mechanisms_.push_back(said(take_text(body), 60));
  const auto offers = [&](std::string_view name) {
    return std::ranges::find(mechanisms_, name) != mechanisms_.end();
  };
  if (!offers("SCRAM-SHA-256")) {
    auth_ = offers("OAUTHBEARER") ? "oauth" : "other";
    login_ = "not-tried";
    answer_at_ = now();
    return finished();
  }
  Step step = with_password("scram");
  if (step.done) return step;
  scram_.emplace(*asked_.password, asked_.nonce);
  const std::string first = scram_->first();
  return send(message_of('p', ByteWriter().put("SCRAM-SHA-256").u8(0).u32(first.size()).put(first).bytes()));
}

void PostgresTalk::error(std::string_view body) {
  while (!body.empty() && body[0] != '\0') {
    const char field = body[0];
    body.remove_prefix(1);
    const std::string_view text = take_text(body);
    if (std::string_view("SVCMDH").find(field) != std::string_view::npos) error_[field] = said(text);
  }
}

std::string_view PostgresTalk::operation() const {
  return stage_ == Stage::tls ? "starttls" : "login";
}

void PostgresTalk::fill(fact::Observation& seen) const {
  seen.answered = answered_;
  auto& facts = seen.facts;
  const auto put = [&](const char* name, std::string_view value, Kind kind = Kind::text) {
    if (!value.empty()) facts.insert_or_assign(name, Value::text(std::string(value), kind));
  };
  const auto field = [&](char name) {
    const auto found = error_.find(name);
    return found == error_.end() ? std::string() : found->second;
  };
  const auto session = [&](std::string_view name) {
    const auto found = session_.find(name);
    return found == session_.end() ? std::string() : found->second;
  };
  const bool asks = asked_.tls == PostgresAsked::Tls::automatic || asked_.tls == PostgresAsked::Tls::on;
  put("tls-answer", tls_answer_.empty() && answered_ && !asks ? "none" : tls_answer_, Kind::choice);
  put("auth", auth_, Kind::choice);
  if (!auth_.empty()) {
    seen.read.insert("auth");
    facts.insert_or_assign("mechanisms", Value::list_of(Kind::text, mechanisms_));
  }
  put("login", login_, Kind::choice);
  if (withheld_) facts.insert_or_assign("withheld", Value::boolean(true));
  if (answer_at_ || !error_.empty()) seen.read.insert("error");
  put("error.code", field('C'));
  put("error.severity", field('V').empty() ? field('S') : field('V'));
  put("error.text", field('M'));
  put("error.detail", field('D'));
  put("error.hint", field('H'));
  put("error.address", first_address(field('M')), Kind::ip);
  put("version", session("server_version"));
  put("server-encoding", session("server_encoding"));
  if (!session_.empty()) seen.read.insert("session");
  if (const auto value = session("default_transaction_read_only"); !value.empty())
    facts.insert_or_assign("read-only", Value::boolean(value == "on"));
  if (const auto value = session("in_hot_standby"); !value.empty())
    facts.insert_or_assign("standby", Value::boolean(value == "on"));
  if (answer_at_) facts.insert_or_assign("time.answer", Value::number(*answer_at_));
  if (answered_) seen.summary = summary();
}

std::string PostgresTalk::summary() const {
  std::vector<std::string> parts;
  if (const auto text = error_.find('M'); text != error_.end()) {
    const auto code = error_.find('C');
    parts.push_back((code == error_.end() ? "" : quote(code->second, 20) + " ") + quote(text->second, 200));
  }
  if (login_ == "accepted") parts.emplace_back("logged in");
  if (withheld_) parts.emplace_back("password withheld: the server is not trusted");
  if (!auth_.empty() && login_ != "accepted" && error_.empty())
    parts.push_back("asks for a login by " + std::string(auth_));
  if (tls_answer_ == "yes") parts.emplace_back("TLS");
  if (tls_answer_ == "no") parts.emplace_back("no TLS");
  return text::join(parts, ", ");
}

}  // namespace aztriage::probe::wire
