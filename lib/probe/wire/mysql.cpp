#include "probe/wire/mysql.h"

#include "base/text.h"
#include "decode/digest.h"
#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using decode::Digest;
using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kMostPacket = 64 * 1024;
constexpr std::size_t kScramble = 20;
constexpr int kMostTurns = 6;
constexpr char kCharset = 45;  // utf8mb4_general_ci

// Capabilities.
constexpr std::uint32_t kLongPassword = 0x1, kWithDatabase = 0x8, kProtocol41 = 0x200, kSsl = 0x800,
                        kTransactions = 0x2000, kSecureConnection = 0x8000, kPluginAuth = 0x80000;

constexpr std::string_view kNative = "mysql_native_password", kCachingSha2 = "caching_sha2_password",
                           kSha256 = "sha256_password", kClear = "mysql_clear_password";

std::string exclusive_or(std::string a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

std::string native_proof(const std::string& password, const std::string& challenge) {
  const std::string once = decode::digest(Digest::sha1, password);
  return exclusive_or(once, decode::digest(Digest::sha1, challenge + decode::digest(Digest::sha1, once)));
}

std::string sha2_proof(const std::string& password, const std::string& challenge) {
  const std::string once = decode::digest(Digest::sha256, password);
  return exclusive_or(once, decode::digest(Digest::sha256, decode::digest(Digest::sha256, once) + challenge));
}

std::string_view until_nul(std::string_view bytes) {
  return bytes.substr(0, bytes.find('\0'));
}

/// "5.5.5-10.11.6-MariaDB-1": MariaDB greets so for old replicas' sake.
std::string shown_version(std::string_view version) {
  constexpr std::string_view kFor = "5.5.5-";
  if (version.starts_with(kFor) && version.find("MariaDB") != std::string_view::npos)
    version.remove_prefix(kFor.size());
  return said(version, 100);
}

}  // namespace

std::string MysqlTalk::packet_of(std::string_view body) {
  return ByteWriter(Order::little).number(body.size(), 3).u8(++sequence_).put(body).bytes();
}

MysqlTalk::Step MysqlTalk::take(std::string_view bytes) {
  buffer_ += bytes;
  std::string out;
  while (buffer_.size() >= 4) {
    ByteReader reader(buffer_, Order::little);
    const auto length = static_cast<std::size_t>(reader.number(3));
    const std::uint8_t sequence = reader.u8();
    if (!answered_ && (length == 0 || length > kMostPacket || sequence != 0)) return not_mysql();
    if (length == 0 || length > kMostPacket)
      return broken(FailureKind::answer_malformed, "a packet has an impossible length");
    if (!answered_ && buffer_.size() > 4 && buffer_[4] != 10 && buffer_[4] != '\xff') return not_mysql();
    if (buffer_.size() < length + 4) break;
    sequence_ = sequence;
    const std::string body = buffer_.substr(4, length);
    buffer_.erase(0, length + 4);
    Step step = packet(body);
    if (step.start_tls && !buffer_.empty())
      return broken(FailureKind::answer_malformed, "it goes on in plain text behind its greeting");
    if (step.done || step.failure || step.start_tls) {
      step.send.insert(0, out);
      return step;
    }
    out += step.send;
  }
  return send(std::move(out));
}

MysqlTalk::Step MysqlTalk::not_mysql() const {
  return broken(FailureKind::protocol_mismatch, other_protocol(buffer_));
}

MysqlTalk::Step MysqlTalk::packet(std::string_view body) {
  if (body[0] == '\xff') {
    answered_ = true;
    error(body.substr(1));
    answer_at_ = now();
    if (stage_ == Stage::login) login_ = "refused";
    return finished();
  }
  return stage_ == Stage::greeting ? greeting(body) : answer(body);
}

/// Protocol::HandshakeV10.
MysqlTalk::Step MysqlTalk::greeting(std::string_view body) {
  const std::string_view version = until_nul(body.substr(1));
  ByteReader reader(body.substr(std::min(body.size(), version.size() + 2)), Order::little);
  reader.u32();  // the connection's number
  challenge_ = reader.take(8);
  reader.u8();
  offers_ = reader.u16();
  if (!reader.good()) return not_mysql();
  answered_ = greeted_ = true;
  version_ = version;
  version_.resize(std::min<std::size_t>(version_.size(), 200));
  if (reader.left() >= 15) {
    reader.take(3);  // character set, status
    offers_ |= static_cast<std::uint32_t>(reader.u16()) << 16;
    reader.take(11);  // length of the challenge, reserved
    challenge_ += reader.take(std::min<std::size_t>(kScramble - 8, reader.left()));
    reader.take(std::min<std::size_t>(1, reader.left()));  // its NUL
    default_plugin_ = said(until_nul(reader.rest()), 60);
  }
  plugin_ = default_plugin_.empty() ? std::string(kNative) : default_plugin_;
  stage_ = Stage::login;
  if (asked_.tls == MysqlAsked::Tls::off) return login();
  if ((offers_ & kSsl) == 0) {
    if (asked_.tls == MysqlAsked::Tls::on)
      return broken(FailureKind::tls_not_tls, "the server does not offer TLS");
    return login();
  }
  secure_ = true;
  ByteWriter request(Order::little);
  request.u32(capabilities()).u32(kMostPacket).u8(kCharset).put(std::string(23, '\0'));
  return {.send = packet_of(request.bytes()), .start_tls = true};
}

MysqlTalk::Step MysqlTalk::secured() {
  return login();
}

std::uint32_t MysqlTalk::capabilities() const {
  return kLongPassword | kProtocol41 | kTransactions | kSecureConnection | (offers_ & kPluginAuth) |
         (secure_ ? kSsl : 0) | (asked_.database.empty() ? 0 : kWithDatabase);
}

/// Protocol::HandshakeResponse41.
MysqlTalk::Step MysqlTalk::login() {
  ByteWriter out(Order::little);
  out.u32(capabilities()).u32(kMostPacket).u8(kCharset).put(std::string(23, '\0'));
  out.put(asked_.user).u8(0).counted(proof(), 1);
  if (!asked_.database.empty()) out.put(asked_.database).u8(0);
  if ((offers_ & kPluginAuth) != 0) out.put(plugin_).u8(0);
  return send(packet_of(out.bytes()));
}

bool MysqlTalk::may_say_password() {
  if (!asked_.password) return false;
  if (!trusted()) withheld_ = true;
  return trusted();
}

/// What shows that we know the password, as the plugin wants it; of no password what stands for an empty one.
std::string MysqlTalk::proof() {
  const bool empty_is_nul = plugin_ == kCachingSha2 || plugin_ == kSha256 || plugin_ == kClear;
  const std::string none = empty_is_nul ? std::string(1, '\0') : std::string();
  if (!may_say_password() || asked_.password->empty()) return none;
  if (plugin_ == kNative) return native_proof(*asked_.password, challenge_);
  if (plugin_ == kCachingSha2) return sha2_proof(*asked_.password, challenge_);
  if (plugin_ != kSha256 && plugin_ != kClear) return none;
  if (!secure_) withheld_ = true;  // the password itself goes by TLS only
  return secure_ && asked_.password->size() < 255 ? *asked_.password + '\0' : none;
}

MysqlTalk::Step MysqlTalk::answer(std::string_view body) {
  if (++turns_ > kMostTurns)
    return broken(FailureKind::answer_malformed, "the login does not come to an end");
  switch (static_cast<unsigned char>(body[0])) {
    case 0:
      login_ = "accepted";
      answer_at_ = now();
      return finished(std::string("\x01\0\0\0\x01", 5));  // COM_QUIT
    case 1:
      return more(body.substr(1));
    case 0xfe:
      return change_way(body.substr(1));
    default:
      return broken(FailureKind::answer_malformed, "the answer to the login can't be read");
  }
}

/// Protocol::AuthSwitchRequest.
MysqlTalk::Step MysqlTalk::change_way(std::string_view body) {
  const std::string_view name = until_nul(body);
  plugin_ = body.empty() ? "mysql_old_password" : said(name, 60);
  challenge_ = body.substr(std::min(body.size(), name.size() + 1)).substr(0, kScramble);
  const bool known = plugin_ == kNative || plugin_ == kCachingSha2 || plugin_ == kSha256 || plugin_ == kClear;
  if (!known && (asked_.password || body.empty())) {
    login_ = "not-tried";
    answer_at_ = now();
    return finished();
  }
  return send(packet_of(proof()));
}

/// Protocol::AuthMoreData of caching_sha2_password: 3 is fine, 4 asks for the password itself.
MysqlTalk::Step MysqlTalk::more(std::string_view body) {
  if (body == "\x03") return {};
  if (body == "\x04" && secure_ && may_say_password()) return send(packet_of(*asked_.password + '\0'));
  withheld_ = withheld_ || asked_.password.has_value();
  login_ = "not-tried";
  answer_at_ = now();
  return finished();
}

/// Protocol::ERR_Packet; before the login without a state.
void MysqlTalk::error(std::string_view body) {
  ByteReader reader(body, Order::little);
  code_ = reader.u16();
  std::string_view text = reader.rest();
  if (text.starts_with('#') && text.size() >= 6) {
    state_ = said(text.substr(1, 5));
    text.remove_prefix(6);
  }
  text_ = said(text);
}

std::string_view MysqlTalk::operation() const {
  return stage_ == Stage::greeting ? "greeting" : "login";
}

void MysqlTalk::fill(fact::Observation& seen) const {
  seen.answered = answered_;
  auto& facts = seen.facts;
  const auto put = [&](const char* name, std::string_view value, Kind kind = Kind::text) {
    if (!value.empty()) facts.insert_or_assign(name, Value::text(std::string(value), kind));
  };
  if (greeted_) {
    seen.read.insert("greeting");
    const bool maria = version_.find("MariaDB") != std::string::npos;
    put("version", shown_version(version_));
    put("server",
        maria                                      ? "mariadb"
        : version_[0] >= '0' && version_[0] <= '9' ? "mysql"
                                                   : "other",
        Kind::choice);
    put("tls-answer", (offers_ & kSsl) != 0 ? "yes" : "no", Kind::choice);
    put("auth-default", default_plugin_);
    put("auth", plugin_);
  }
  put("login", login_, Kind::choice);
  if (withheld_) facts.insert_or_assign("withheld", Value::boolean(true));
  if (answer_at_) {
    seen.read.insert("error");
    facts.insert_or_assign("time.answer", Value::number(*answer_at_));
  }
  if (code_) facts.insert_or_assign("error.code", Value::number(*code_));
  put("error.state", state_);
  put("error.text", text_);
  put("error.address", first_address(text_), Kind::ip);
  if (answered_) seen.summary = summary();
}

std::string MysqlTalk::summary() const {
  std::vector<std::string> parts;
  if (code_) parts.push_back(fmt::format("{} {}", *code_, quote(text_, 200)));
  if (login_ == "accepted") parts.emplace_back("logged in");
  if (login_ == "not-tried") parts.push_back("asks for a login by " + quote(plugin_, 60));
  if (withheld_) parts.emplace_back("password withheld: the server is not trusted");
  if (greeted_) parts.push_back("version " + quote(shown_version(version_), 60));
  if (greeted_) parts.emplace_back((offers_ & kSsl) != 0 ? "TLS" : "no TLS");
  return text::join(parts, ", ");
}

}  // namespace aztriage::probe::wire
