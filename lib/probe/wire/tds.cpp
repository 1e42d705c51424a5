#include "probe/wire/tds.h"

#include "base/text.h"
#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kHead = 8;
constexpr std::size_t kLargest = 4096;
constexpr std::size_t kMostMessage = 128 * 1024;
constexpr std::uint8_t kPrelogin = 0x12, kLogin7 = 0x10, kTabular = 0x04;
constexpr std::uint8_t kLast = 0x01;
constexpr int kMostOptions = 32;
// PRELOGIN's options, and the answers to ENCRYPTION (MS-TDS 2.2.6.5).
constexpr std::uint8_t kVersion = 0, kEncryption = 1, kInstance = 2, kThread = 3, kMars = 4, kFedAuth = 6,
                       kEnd = 0xff;
constexpr std::uint8_t kEncryptOn = 1, kEncryptNotSupported = 2;

std::uint16_t length_of(std::string_view head) {
  return ByteReader(head.substr(2)).u16();
}

std::string prelogin(SqlAsked::Tls tls, const std::string& instance) {
  const std::string version("\x10\0\0\0\0\0", 6);
  const std::string encryption(
      1, static_cast<char>(tls == SqlAsked::Tls::off ? kEncryptNotSupported : kEncryptOn));
  const std::array<std::pair<std::uint8_t, std::string>, 6> options = {{
      {kVersion, version},
      {kEncryption, encryption},
      {kInstance, instance.substr(0, 100) + '\0'},
      {kThread, std::string(4, '\0')},
      {kMars, std::string(1, '\0')},
      {kFedAuth, std::string(1, '\x01')},
  }};
  std::size_t offset = options.size() * 5 + 1;
  ByteWriter heads;
  std::string data;
  for (const auto& [token, value] : options) {
    heads.u8(token).u16(offset).u16(value.size());
    offset += value.size();
    data += value;
  }
  heads.u8(kEnd).put(data);
  return tds_message(kPrelogin, heads.bytes());
}

}  // namespace

TdsPackets::Got TdsPackets::next(std::uint8_t& type, std::string& message) {
  while (buffer_.size() >= kHead) {
    const std::size_t length = length_of(buffer_);
    if (length < kHead || message_.size() + length > kMostMessage) return Got::broken;
    if (buffer_.size() < length) return Got::more;
    type = static_cast<std::uint8_t>(buffer_[0]);
    const bool last = (static_cast<std::uint8_t>(buffer_[1]) & kLast) != 0;
    message_.append(buffer_, kHead, length - kHead);
    buffer_.erase(0, length);
    if (!last) continue;
    message = std::exchange(message_, {});
    return Got::whole;
  }
  return Got::more;
}

std::string tds_message(std::uint8_t type, std::string_view data) {
  std::string out;
  std::uint8_t number = 0;
  do {
    const std::string_view piece = data.substr(0, kLargest - kHead);
    data.remove_prefix(piece.size());
    const std::uint8_t status = data.empty() ? kLast : 0;
    out += ByteWriter()
               .u8(type)
               .u8(status)
               .u16(piece.size() + kHead)
               .u16(0)
               .u8(++number)
               .u8(0)
               .put(piece)
               .bytes();
  } while (!data.empty());
  return out;
}

std::string TdsFraming::wrap(std::string_view records) {
  return tds_message(kPrelogin, records);
}

bool TdsFraming::unwrap(std::string_view bytes, std::string& records) {
  while (!bytes.empty()) {
    if (missing_ > 0) {
      const std::string_view data = bytes.substr(0, missing_);
      records += data;
      missing_ -= data.size();
      bytes.remove_prefix(data.size());
      continue;
    }
    const std::string_view more = bytes.substr(0, kHead - head_.size());
    head_ += more;
    bytes.remove_prefix(more.size());
    const auto type = static_cast<std::uint8_t>(head_[0]);
    if (type != kPrelogin && type != kTabular) return false;
    if (head_.size() < kHead) return true;
    const std::size_t length = length_of(head_);
    if (length < kHead) return false;
    missing_ = length - kHead;
    head_.clear();
  }
  return true;
}

SqlTalk::Step SqlTalk::begin() {
  return send(prelogin(asked_.tls, asked_.instance));
}

SqlTalk::Step SqlTalk::take(std::string_view bytes) {
  packets_.feed(bytes);
  if (packets_.rest().empty()) return {};
  // The answer to a PRELOGIN comes as a table's packet.
  if (!answered_ && static_cast<std::uint8_t>(packets_.rest()[0]) != kTabular)
    return broken(FailureKind::protocol_mismatch, other_protocol(packets_.rest()));
  std::uint8_t type = 0;
  std::string message;
  const auto got = packets_.next(type, message);
  if (got == TdsPackets::Got::more) return {};
  if (got == TdsPackets::Got::broken || type != kTabular) {
    if (!answered_) return broken(FailureKind::protocol_mismatch, other_protocol(packets_.rest()));
    return broken(FailureKind::answer_malformed, "a packet has an impossible head");
  }
  if (stage_ == Stage::login) return answered(message);
  // Some refusals come in place of the answer, such as of a server that is full.
  if (!message.empty() && message[0] != kVersion) return answered(message);
  if (!read_prelogin(message))
    return broken(answered_ ? FailureKind::answer_malformed : FailureKind::protocol_mismatch,
                  "the answer to PRELOGIN can't be read");
  if (!packets_.rest().empty()) return broken(FailureKind::answer_malformed, "it goes on behind its answer");
  return after_prelogin();
}

bool SqlTalk::read_prelogin(std::string_view message) {
  ByteReader heads(message);
  for (int i = 0; i < kMostOptions; ++i) {
    const std::uint8_t token = heads.u8();
    if (!heads.good()) return false;
    if (token == kEnd) {
      answered_ = !version_.empty() && encryption_.has_value();
      return answered_;
    }
    const std::uint16_t offset = heads.u16();
    const std::uint16_t length = heads.u16();
    const std::string_view value = piece_of(message, offset, length);
    if (value.size() != length || !option(token, value)) return false;
  }
  return false;
}

bool SqlTalk::option(std::uint8_t token, std::string_view value) {
  ByteReader reader(value);
  if (token == kVersion) {
    const unsigned major = reader.u8();
    const unsigned minor = reader.u8();
    version_ = fmt::format("{}.{}.{}", major, minor, reader.u16());
  } else if (token == kEncryption) {
    encryption_ = reader.u8();
    return reader.good() && *encryption_ < kSqlEncryption.size();
  } else if (token == kInstance && !value.empty()) {
    instance_ = reader.u8() == 0;
  } else if (token == kFedAuth && !value.empty()) {
    fed_auth_ = reader.u8() == 1;
  }
  return reader.good();
}

SqlTalk::Step SqlTalk::after_prelogin() {
  const bool tls = asked_.tls == SqlAsked::Tls::on && *encryption_ != kEncryptNotSupported;
  if (tls) return {.start_tls = true};
  return login();
}

SqlTalk::Step SqlTalk::secured() {
  return login();
}

SqlTalk::Step SqlTalk::login() {
  if (asked_.user.empty()) return finished();
  stage_ = Stage::login;
  withheld_ = asked_.password && !trusted();
  const std::string password = asked_.password && !withheld_ ? *asked_.password : std::string();
  return send(tds_message(kLogin7, tds_login({asked_.server, asked_.user, password, asked_.database,
                                              asked_.tls == SqlAsked::Tls::strict})));
}

SqlTalk::Step SqlTalk::answered(std::string_view message) {
  auto answer = read_tds_answer(message);
  if (!answer) {
    return broken(answered_ ? FailureKind::answer_malformed : FailureKind::protocol_mismatch,
                  "the answer to the login can't be read");
  }
  answered_ = true;
  answer_ = std::move(*answer);
  answer_at_ = now();
  if (!fact::parse_value(answer_.route_host, {.kind = Kind::host}) || answer_.route_port == 0)
    answer_.route_host.clear();
  login_ = answer_.error                 ? "refused"
           : !answer_.route_host.empty() ? "routed"
           : answer_.accepted            ? "accepted"
                                         : "not-tried";
  return finished();
}

std::string_view SqlTalk::operation() const {
  return stage_ == Stage::prelogin ? "prelogin" : "login";
}

void SqlTalk::fill(fact::Observation& seen) const {
  seen.answered = answered_;
  auto& facts = seen.facts;
  const auto put = [&](const char* name, std::string_view value, Kind kind = Kind::text) {
    if (!value.empty()) facts.insert_or_assign(name, Value::text(std::string(value), kind));
  };
  if (answered_) seen.read.insert("prelogin");
  put("version", version_);
  if (encryption_ && *encryption_ < kSqlEncryption.size()) {
    put("encryption", kSqlEncryption[*encryption_], Kind::choice);
    put("tls-answer", *encryption_ == kEncryptNotSupported ? "no" : "yes", Kind::choice);
  }
  if (instance_ && !asked_.instance.empty())
    facts.insert_or_assign("instance-matches", Value::boolean(*instance_));
  if (encryption_) facts.insert_or_assign("fed-auth", Value::boolean(fed_auth_.value_or(false)));
  put("login", login_, Kind::choice);
  if (withheld_) facts.insert_or_assign("withheld", Value::boolean(true));
  if (answered_) seen.summary = summary();
  if (!answer_at_) return;
  seen.read.insert({"answer", "error", "redirect"});
  facts.insert_or_assign("time.answer", Value::number(*answer_at_));
  facts.insert_or_assign("wants-token", Value::boolean(answer_.wants_token));
  put("program", answer_.program);
  put("database", answer_.database);
  if (!answer_.route_host.empty()) {
    put("redirect.host", answer_.route_host, Kind::host);
    facts.insert_or_assign("redirect.port", Value::number(answer_.route_port));
  }
  if (!answer_.error) return;
  facts.insert_or_assign("error.code", Value::number(answer_.error->number));
  facts.insert_or_assign("error.state", Value::number(answer_.error->state));
  facts.insert_or_assign("error.class", Value::number(answer_.error->severity));
  put("error.text", answer_.error->text);
  put("error.address", first_address(answer_.error->text), Kind::ip);
}

std::string SqlTalk::summary() const {
  std::vector<std::string> parts;
  if (answer_.error)
    parts.push_back(fmt::format("{} (state {}) {}", answer_.error->number, answer_.error->state,
                                quote(answer_.error->text, 200)));
  if (login_ == "accepted") parts.emplace_back("logged in");
  if (login_ == "routed")
    parts.push_back(fmt::format("sent on to {}:{}", quote(answer_.route_host, 100), answer_.route_port));
  if (withheld_) parts.emplace_back("password withheld: the server is not trusted");
  if (!version_.empty()) parts.push_back("SQL Server " + version_);
  if (encryption_ && *encryption_ < kSqlEncryption.size())
    parts.push_back("encryption " + std::string(kSqlEncryption[*encryption_]));
  return text::join(parts, ", ");
}

}  // namespace aztriage::probe::wire
