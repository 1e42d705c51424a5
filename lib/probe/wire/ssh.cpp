#include "probe/wire/ssh.h"

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

constexpr std::string_view kOurBanner = "SSH-2.0-aztriage";
constexpr std::size_t kMostPreface = 8 * 1024;
constexpr std::size_t kLongestLine = 2 * 1024;
constexpr std::size_t kMostText = 4 * 1024;
/// A server speaks first. One that waits for us (a port that several protocols share) is spoken to after
/// this; not at once, because a server that closes with our words unread looks like one that resets.
constexpr Milliseconds kPatience{2000};

std::string bounded(std::string_view text) {
  return text::to_utf8(text.substr(0, kMostText));
}

std::string first_of(const SshNames& ours, const SshNames& theirs) {
  const SshNames common = common_names(ours, theirs);
  return common.empty() ? std::string() : common.front();
}

bool is_aead(std::string_view cipher) {
  return cipher.find("gcm") != std::string_view::npos || cipher.starts_with("chacha20");
}

/// Beginnings of what servers of other protocols say, which no text before a banner has.
bool is_other_protocol(std::string_view line) {
  for (const std::string_view start : {"HTTP/", "220 ", "220-", "* OK", "+OK", "RFB ", "<?xml", "<html",
                                       "<!DOCTYPE", "\x15\x03", "\x16\x03"}) {
    if (line.starts_with(start)) return true;
  }
  return false;
}

Value list(const SshNames& names) {
  return Value::list_of(Kind::text, names);
}

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}

}  // namespace

SshTalk::SshTalk(SshPlan plan) : plan_(std::move(plan)) {}

std::string_view SshTalk::operation() const {
  switch (stage_) {
    case Stage::banner:
      return "banner";
    case Stage::algorithms:
      return "algorithms";
    case Stage::exchange:
    case Stage::new_keys:
      return "exchange";
    default:
      return "login";
  }
}

Dialogue::Step SshTalk::begin() {
  return {.wait = kPatience};
}

Dialogue::Step SshTalk::woken() {
  return stage_ == Stage::banner ? introduce() : Step{};
}

Dialogue::Step SshTalk::introduce() {
  if (std::exchange(introduced_, true)) return {};
  transcript_.client_banner = std::string(kOurBanner);
  transcript_.client_kexinit = write_kexinit(plan_.random(16), plan_.offer);
  return send(std::string(kOurBanner) + "\r\n" + wrap(transcript_.client_kexinit));
}

std::string SshTalk::wrap(std::string_view payload) {
  return out_.wrap(payload, plan_.random);
}

Dialogue::Step SshTalk::take(std::string_view bytes) {
  buffer_ += bytes;
  if (stage_ == Stage::over) return {};
  Step step;
  if (stage_ == Stage::banner) step = lines();
  if (stage_ == Stage::banner || step.failure || step.done) return step;
  Step more = packets();
  more.send = step.send + more.send;
  return more;
}

Dialogue::Step SshTalk::lines() {
  std::size_t end = 0;
  while (stage_ == Stage::banner && (end = buffer_.find('\n')) != std::string::npos) {
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (text.ends_with('\r')) text.pop_back();
    Step step = line(text);
    if (stage_ != Stage::banner || step.failure) return step;
  }
  if (stage_ != Stage::banner) return {};
  const bool strange_start = preface_.empty() && is_other_protocol(buffer_) && !buffer_.starts_with("220");
  if (buffer_.size() > kLongestLine || preface_.size() > kMostPreface || strange_start) {
    preface_ += buffer_;
    return strange();
  }
  return {};
}

Dialogue::Step SshTalk::strange() {
  return broken(FailureKind::protocol_mismatch, "the server said: " + quote(preface_));
}

Dialogue::Step SshTalk::line(std::string_view text) {
  if (!text.starts_with("SSH-")) {
    preface_ += text;
    preface_ += '\n';
    return is_other_protocol(text) ? strange() : Step{};
  }
  banner_ = std::string(text.substr(0, 255));  // RFC 4253 4.2
  banner_at_ = now();
  transcript_.server_banner = std::string(text);
  if (!text.starts_with("SSH-2.") && !text.starts_with("SSH-1.99-")) {
    return broken(FailureKind::protocol_mismatch,
                  "the server speaks only an old version: " + quote(text, 60));
  }
  stage_ = Stage::algorithms;
  return introduce();
}

Dialogue::Step SshTalk::packets() {
  Step all;
  while (stage_ != Stage::over) {
    SshDirection::Got got = in_.unwrap(buffer_);
    if (!got.broken.empty()) return broken(FailureKind::answer_malformed, std::move(got.broken));
    if (!got.payload) return all;
    Step step = packet(*got.payload);
    all.send += step.send;
    if (step.done || step.failure) {
      step.send = std::move(all.send);
      return step;
    }
  }
  return all;
}

Dialogue::Step SshTalk::packet(const std::string& payload) {
  if (payload.empty()) return broken(FailureKind::answer_malformed, "an empty packet");
  const auto type = static_cast<unsigned char>(payload[0]);
  if (type == kSshDisconnect) return disconnected(payload);
  if (type == kSshIgnore || type == kSshUnimplemented || type == kSshDebug) return {};
  if (type == kSshExtInfo) {
    extensions(payload);
    return {};
  }
  if (std::exchange(skip_guess_, false)) return {};
  switch (stage_) {
    case Stage::algorithms:
      return algorithms(payload);
    case Stage::exchange:
      return exchange(payload);
    case Stage::new_keys:
      if (type == kSshNewKeys) return new_keys();
      break;
    case Stage::service:
      if (type == kSshServiceAccept && plan_.user.empty()) return goodbye();
      if (type == kSshServiceAccept) {
        stage_ = Stage::login;
        return send(wrap(ByteWriter()
                             .u8(kSshLoginRequest)
                             .counted(plan_.user, 4)
                             .counted("ssh-connection", 4)
                             .counted("none", 4)
                             .bytes()));
      }
      break;
    default:
      return login(payload);
  }
  return broken(FailureKind::answer_malformed,
                fmt::format("message {} where it makes no sense", static_cast<int>(type)));
}

Dialogue::Step SshTalk::algorithms(const std::string& payload) {
  theirs_ = read_kexinit(payload);
  if (!theirs_) return broken(FailureKind::answer_malformed, "its list of algorithms can't be read");
  algorithms_at_ = now();
  transcript_.server_kexinit = payload;
  const SshAlgorithms& ours = plan_.offer;
  struct Choice {
    SshNames SshAlgorithms::*names;
    std::string_view what;
  };
  const Choice choices[] = {{&SshAlgorithms::kex, "key exchange"},
                            {&SshAlgorithms::hostkeys, "host key"},
                            {&SshAlgorithms::ciphers_out, "cipher"},
                            {&SshAlgorithms::ciphers_in, "cipher"},
                            {&SshAlgorithms::macs_out, "message code"},
                            {&SshAlgorithms::macs_in, "message code"},
                            {&SshAlgorithms::compression_out, "compression"},
                            {&SshAlgorithms::compression_in, "compression"}};
  for (const auto& [names, what] : choices) {
    std::string common = first_of(ours.*names, (*theirs_).*names);
    const bool out = names == &SshAlgorithms::macs_out;
    const bool code = out || names == &SshAlgorithms::macs_in;
    const std::string cipher =
        code ? (out ? agreed_.ciphers_out : agreed_.ciphers_in).front() : std::string();
    if (common.empty() && !(code && is_aead(cipher))) {
      return broken(FailureKind::answer_refused, fmt::format("no {} in common", what));
    }
    agreed_.*names = {std::move(common)};
  }
  // A wrong guess is followed by a packet to be ignored (RFC 4253 7).
  skip_guess_ = theirs_->guess_follows && (theirs_->kex.empty() || theirs_->hostkeys.empty() ||
                                           theirs_->kex.front() != ours.kex.front() ||
                                           theirs_->hostkeys.front() != ours.hostkeys.front());
  kex_ = SshKex::create(agreed_.kex.front(), plan_.random);
  if (!kex_) return broken(FailureKind::answer_refused, "no key exchange in common");
  stage_ = Stage::exchange;
  return send(wrap(kex_->first_message()));
}

Dialogue::Step SshTalk::exchange(const std::string& payload) {
  const auto reply = kex_->finish(payload, transcript_);
  if (!reply) return broken(FailureKind::answer_malformed, "its part of the key exchange is not valid");
  host_key_ = reply->host_key;
  verified_ = reply->verified;
  key_at_ = now();
  if (plan_.only_key) return goodbye();  // in plain text still, as no keys are taken into use
  stage_ = Stage::new_keys;
  Step step = send(wrap(std::string(1, static_cast<char>(kSshNewKeys))));
  const SshProtection protection{agreed_.ciphers_out.front(), agreed_.macs_out.front()};
  const SshSizes sizes = sizes_of(protection);
  out_.protect(protection, kex_->derive('C', sizes.key), kex_->derive('A', sizes.vector),
               kex_->derive('E', sizes.mac_key), true);
  return step;
}

Dialogue::Step SshTalk::new_keys() {
  const SshProtection protection{agreed_.ciphers_in.front(), agreed_.macs_in.front()};
  const SshSizes sizes = sizes_of(protection);
  in_.protect(protection, kex_->derive('D', sizes.key), kex_->derive('B', sizes.vector),
              kex_->derive('F', sizes.mac_key), false);
  stage_ = Stage::service;
  return send(wrap(ByteWriter().u8(kSshServiceRequest).counted("ssh-userauth", 4).bytes()));
}

Dialogue::Step SshTalk::login(const std::string& payload) {
  ByteReader in(payload);
  switch (in.u8()) {
    case kSshLoginBanner:
      if (login_banner_.size() < kMostText) login_banner_ += in.counted(4).substr(0, kMostText);
      return {};
    case kSshLoginSuccess:
      open_ = true;
      methods_.emplace();
      break;
    case kSshLoginFailure:
      methods_ = read_names(in.counted(4));
      if (!in.good()) return broken(FailureKind::answer_malformed, "its answer to the login can't be read");
      break;
    default:
      return broken(FailureKind::answer_malformed, "it does not answer the login");
  }
  login_at_ = now();
  return goodbye();
}

Dialogue::Step SshTalk::goodbye() {
  constexpr std::uint32_t kByApplication = 11;  // RFC 4253 11.1
  stage_ = Stage::over;
  return finished(
      wrap(ByteWriter().u8(kSshDisconnect).u32(kByApplication).counted("done", 4).counted("", 4).bytes()));
}

Dialogue::Step SshTalk::disconnected(std::string_view payload) {
  ByteReader in(payload.substr(1));
  disconnect_code_ = in.u32();
  disconnect_text_ = bounded(in.counted(4));
  Step step = broken(FailureKind::answer_refused, "the server ended it: " + quote(disconnect_text_, 200));
  step.failure->code = fmt::format("{}", *disconnect_code_);
  return step;
}

/// RFC 8308 2.3, 3.1
void SshTalk::extensions(std::string_view payload) {
  ByteReader in(payload.substr(1));
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && in.good(); ++i) {
    const std::string_view name = in.counted(4);
    const std::string_view value = in.counted(4);
    if (in.good() && name == "server-sig-algs") signatures_ = read_names(value);
  }
}

Dialogue::Step SshTalk::closed(const std::optional<fact::Failure>& failure) {
  if (stage_ == Stage::banner) preface_ += buffer_;
  const auto says = [&](std::string_view words) { return text::contains(preface_, words); };
  // What OpenSSH says in place of a banner.
  if (stage_ == Stage::banner && (says("Exceeded MaxStartups") || says("Not allowed at this time"))) {
    return broken(FailureKind::answer_refused, std::string(text::trim(quote(preface_))));
  }
  if (failure) return {.failure = failure};
  std::string text = "the server closed the connection";
  if (stage_ == Stage::banner && !preface_.empty()) text += " after it said: " + quote(preface_);
  return broken(FailureKind::tcp_closed, std::move(text));
}

void SshTalk::fill(fact::Observation& seen) const {
  if (!preface_.empty() || !banner_.empty()) seen.read.insert("banner");
  if (!preface_.empty()) put(seen, "preface", Value::text(bounded(preface_)));
  if (!banner_.empty()) {
    seen.answered = true;
    const std::string banner = text::to_utf8(banner_);
    put(seen, "banner", Value::text(banner));
    // SSH-2.0-software comments
    const std::size_t second = std::min(banner.find('-', 4), banner.size());
    put(seen, "version", Value::text(banner.substr(4, second - 4)));
    if (second < banner.size()) {
      put(seen, "software", Value::text(banner.substr(second + 1, banner.find(' ', second) - second - 1)));
    }
    put(seen, "time.banner", Value::number(banner_at_));
  }
  if (theirs_) {
    const SshAlgorithms& current = current_openssh();
    seen.read.insert("algorithms");
    put(seen, "kex", list(theirs_->kex));
    put(seen, "hostkeys", list(theirs_->hostkeys));
    put(seen, "ciphers", list(theirs_->ciphers_in));
    put(seen, "macs", list(theirs_->macs_in));
    put(seen, "compression", list(theirs_->compression_in));
    put(seen, "common.kex", list(common_names(current.kex, theirs_->kex)));
    put(seen, "common.hostkeys", list(common_names(current.hostkeys, theirs_->hostkeys)));
    put(seen, "common.ciphers", list(common_names(current.ciphers_in, theirs_->ciphers_in)));
    put(seen, "common.macs", list(common_names(current.macs_in, theirs_->macs_in)));
  }
  if (host_key_) {
    seen.read.insert("hostkey");
    put(seen, "used.kex", Value::text(agreed_.kex.front()));
    put(seen, "used.cipher", Value::text(agreed_.ciphers_in.front()));
    put(seen, "hostkey.type", Value::text(host_key_->type));
    if (host_key_->bits > 0) put(seen, "hostkey.bits", Value::number(host_key_->bits));
    if (verified_) put(seen, "hostkey.verified", Value::boolean(*verified_));
    put(seen, "fingerprint", Value::text(host_key_->fingerprint));
    put(seen, "time.exchange", Value::number(key_at_ - algorithms_at_));
  }
  if (signatures_) put(seen, "server-sig-algs", list(*signatures_));
  if (methods_) {
    seen.read.insert("login");
    put(seen, "methods", list(*methods_));
    put(seen, "login.open", Value::boolean(open_));
    put(seen, "time.login", Value::number(login_at_ - key_at_));
  }
  if (!login_banner_.empty()) put(seen, "login.banner", Value::text(bounded(login_banner_)));
  if (disconnect_code_) {
    seen.read.insert("disconnect");
    put(seen, "disconnect.code", Value::number(*disconnect_code_));
    put(seen, "disconnect.text", Value::text(disconnect_text_));
  }
  if (!seen.failure) seen.summary = summary();
}

std::string SshTalk::summary() const {
  std::string text;
  if (verified_ && !*verified_) text += "the server did not prove its host key; ";
  text += quote(text::to_utf8(banner_), 60);
  if (host_key_) text += fmt::format(", {} {}", host_key_->type, host_key_->fingerprint);
  if (open_) text += ", lets the user in without any proof";
  if (methods_ && !methods_->empty()) text += ", login by " + text::join(*methods_, ", ");
  return text;
}

}  // namespace aztriage::probe::wire
