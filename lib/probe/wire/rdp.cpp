#include "probe/wire/rdp.h"

#include "probe/wire/bytes.h"
#include "probe/wire/der.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kLongest = 64 * 1024;
constexpr std::uint32_t kHybrid = 2;
constexpr std::uint32_t kHybridEx = 8;
constexpr std::uint64_t kCredsspVersion = 6;

// In the order of kRdpProtocols.
constexpr std::array<std::uint32_t, 6> kBits = {0, 1, kHybrid, 4, kHybridEx, 16};

// [MS-RDPBCGR] 2.2.1.2.2
constexpr std::array<std::string_view, 7> kRefusals = {"",
                                                       "SSL_REQUIRED_BY_SERVER",
                                                       "SSL_NOT_ALLOWED_BY_SERVER",
                                                       "SSL_CERT_NOT_ON_SERVER",
                                                       "INCONSISTENT_FLAGS",
                                                       "HYBRID_REQUIRED_BY_SERVER",
                                                       "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"};

std::optional<std::string_view> name_of_bit(std::uint32_t bit) {
  const auto found = std::find(kBits.begin(), kBits.end(), bit);
  if (found == kBits.end()) return std::nullopt;
  return kRdpProtocols[static_cast<std::size_t>(found - kBits.begin())];
}

std::uint64_t unsigned_in(std::string_view der_integer) {
  return ByteReader(der_integer).number(std::min<std::size_t>(der_integer.size(), 8));
}

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}

}  // namespace

std::uint32_t rdp_bit(std::string_view protocol) {
  const auto found = std::find(kRdpProtocols.begin(), kRdpProtocols.end(), protocol);
  return found == kRdpProtocols.end() ? 0 : kBits[static_cast<std::size_t>(found - kRdpProtocols.begin())];
}

std::string rdp_refusal_name(std::uint32_t code) {
  if (code > 0 && code < kRefusals.size()) return std::string(kRefusals[code]);
  return fmt::format("{}", code);
}

std::string_view RdpTalk::operation() const {
  return secured_ ? "credssp" : "negotiate";
}

/// A TPKT (RFC 1006 6) with an X.224 connection request (13.3) and what RDP puts behind it.
Dialogue::Step RdpTalk::begin() {
  constexpr std::size_t kRest = 6 + 8;  // of the request behind its length
  ByteWriter out(Order::little);
  out.u8(3).u8(0).u8(0).u8(4 + 1 + kRest);
  out.u8(kRest).u8(0xe0).u16(0).u16(0).u8(0);
  out.u8(1).u8(0).u16(8).u32(plan_.offer);
  return send(out.bytes());
}

Dialogue::Step RdpTalk::take(std::string_view bytes) {
  buffer_ += bytes;
  if (secured_) return credssp();
  if (selected_ || refused_) return {};
  if (!buffer_.empty() && buffer_[0] != 3) {
    return broken(FailureKind::protocol_mismatch, "the server said: " + quote(buffer_));
  }
  if (buffer_.size() < 4) return {};
  const std::size_t length = ByteReader(std::string_view(buffer_).substr(2)).u16();
  if (length < 7) return broken(FailureKind::answer_malformed, "its answer's length makes no sense");
  if (buffer_.size() < length) return {};
  const std::string answer = buffer_.substr(4, length - 4);
  buffer_.erase(0, length);
  return negotiated(answer);
}

Dialogue::Step RdpTalk::negotiated(std::string_view tpdu) {
  constexpr unsigned kConfirm = 0xd0;
  constexpr unsigned kDisconnect = 0x80;
  constexpr unsigned kData = 0xf0;  // xrdp says goodbye by MCS when it does not like an offer
  constexpr std::uint8_t kResponse = 2;
  constexpr std::uint8_t kRefusal = 3;
  ByteReader in(tpdu, Order::little);
  const std::size_t length = in.u8();  // of what follows (X.224, 13.2.1)
  const unsigned code = in.u8() & 0xf0U;
  in.take(5);
  if (code == kDisconnect || code == kData)
    return broken(FailureKind::answer_refused, "the server refused the connection");
  if (code != kConfirm || !in.good() || length + 1 != tpdu.size()) {
    return broken(FailureKind::answer_malformed, "the answer is no confirmation of a connection");
  }
  negotiated_at_ = now();
  const std::uint8_t type = in.u8();
  const std::uint8_t flags = in.u8();
  in.u16();
  const std::uint32_t value = in.u32();
  if (!in.good()) {
    selected_ = 0;
    return finished();
  }
  negotiates_ = true;
  if (type == kRefusal) {
    refused_ = value;
    Step step = broken(FailureKind::answer_refused, "the server refused: " + rdp_refusal_name(value));
    step.failure->code = fmt::format("{}", value);
    return step;
  }
  if (type != kResponse) return broken(FailureKind::answer_malformed, "its choice can't be read");
  flags_ = flags;
  if (!name_of_bit(value)) {
    return broken(FailureKind::answer_malformed,
                  fmt::format("it chose protection {}, which nobody knows", value));
  }
  selected_ = value;
  if (value != 0 && (value & plan_.offer) == 0) {
    return broken(FailureKind::answer_malformed, "it chose a protection that was not offered");
  }
  if (value == 0 || plan_.only_negotiate) return finished();
  if (!buffer_.empty()) {
    return broken(FailureKind::answer_malformed, "the server went on in plain text after it agreed to TLS");
  }
  return {.start_tls = true};
}

Dialogue::Step RdpTalk::secured() {
  secured_at_ = now();
  const bool hybrid = selected_ && (*selected_ == kHybrid || *selected_ == kHybridEx);
  if (!hybrid || !plan_.credssp) return finished();
  secured_ = true;
  buffer_.clear();
  answered_ = false;
  const std::string token =
      make_der(kDerSequence, make_der(der_context(0), make_der(kDerOctets, ntlm_negotiate())));
  const std::string request =
      make_der(der_context(0), make_der(kDerInteger, std::string(1, static_cast<char>(kCredsspVersion)))) +
      make_der(der_context(1), make_der(kDerSequence, token));
  return send(make_der(kDerSequence, request));
}

/// A TSRequest ([MS-CSSP] 2.2.1) with the server's challenge, or with the reason why there is none.
Dialogue::Step RdpTalk::credssp() {
  if (answered_.value_or(true)) return {};
  if (!buffer_.empty() && static_cast<unsigned char>(buffer_[0]) != kDerSequence) {
    return broken(FailureKind::answer_malformed, "its answer to CredSSP can't be read");
  }
  bool never = false;
  const auto size = der_size(buffer_, never);
  if (never || (size && *size > kLongest)) {
    return broken(FailureKind::answer_malformed, "its answer to CredSSP can't be read");
  }
  if (!size || buffer_.size() < *size) return {};
  const auto fields = inside_der(buffer_, kDerSequence);
  const auto field = [&](int number, std::uint8_t tag) {
    const auto outer = fields ? find_der(*fields, der_context(number)) : std::nullopt;
    return outer ? inside_der(*outer, tag) : std::nullopt;
  };
  const auto version = field(0, kDerInteger);
  if (!version) return broken(FailureKind::answer_malformed, "its answer to CredSSP can't be read");
  answered_ = true;
  answered_at_ = now();
  version_ = unsigned_in(*version);
  if (const auto error = field(4, kDerInteger)) error_ = static_cast<std::uint32_t>(unsigned_in(*error));
  if (const auto tokens = field(1, kDerSequence)) {
    const auto first = inside_der(*tokens, kDerSequence);
    const auto wrapped = first ? find_der(*first, der_context(0)) : std::nullopt;
    const auto octets = wrapped ? inside_der(*wrapped, kDerOctets) : std::nullopt;
    const auto spnego = octets ? read_spnego(*octets) : std::nullopt;
    if (spnego) challenge_ = read_ntlm_challenge(spnego->token);
  }
  if (challenge_ && challenge_->time && plan_.utc) clock_offset_ = *challenge_->time - plan_.utc();
  if (!error_) return finished();
  Step step = broken(FailureKind::answer_refused, "the server refused CredSSP");
  step.failure->code = fmt::format("0x{:08X}", *error_);
  return step;
}

Dialogue::Step RdpTalk::closed(const std::optional<fact::Failure>& failure) {
  if (failure) return {.failure = failure};
  return broken(FailureKind::tcp_closed,
                secured_ ? "the server closed the connection instead of a CredSSP answer"
                         : "the server closed the connection before it chose a protection");
}

void RdpTalk::fill(fact::Observation& seen) const {
  if (selected_ || refused_) {
    seen.answered = true;
    seen.read.insert("negotiate");
    put(seen, "negotiates", Value::boolean(negotiates_));
    put(seen, "time.negotiate", Value::number(negotiated_at_));
  }
  if (refused_) {
    put(seen, "refused-with", Value::number(*refused_));
    put(seen, "refused-name", Value::text(rdp_refusal_name(*refused_)));
  }
  if (selected_) {
    put(seen, "selected", Value::text(std::string(*name_of_bit(*selected_)), Kind::choice));
    std::vector<std::string> flags;
    for (std::size_t i = 0; i < kRdpFlags.size(); ++i) {
      if ((flags_ >> i & 1U) != 0) flags.emplace_back(kRdpFlags[i]);
    }
    put(seen, "flags", Value::list_of(Kind::choice, flags));
  }
  if (answered_) {
    put(seen, "credssp.answered", Value::boolean(*answered_));
    seen.read.insert("credssp");
  }
  if (version_) {
    put(seen, "credssp.version", Value::number(static_cast<double>(*version_)));
    put(seen, "time.credssp", Value::number(answered_at_ - secured_at_));
  }
  if (error_) put(seen, "credssp.error", Value::text(fmt::format("0x{:08X}", *error_)));
  if (challenge_) fill_ntlm(*challenge_, seen);
  if (clock_offset_) put(seen, "clock-offset", Value::number(std::round(*clock_offset_ * 1000) / 1000));
  if (!seen.failure) seen.summary = summary();
}

std::string RdpTalk::summary() const {
  if (!selected_) return {};
  std::string text = *selected_ == 0                                    ? "RDP's own old security"
                     : *selected_ == kHybrid || *selected_ == kHybridEx ? "network level authentication"
                                                                        : "";
  if (text.empty()) text = fmt::format("{} without network level authentication", *name_of_bit(*selected_));
  if (challenge_) {
    const std::string& name =
        challenge_->dns_computer.empty() ? challenge_->computer : challenge_->dns_computer;
    if (!name.empty()) text += ", " + quote(name, 80);
    if (!challenge_->version.empty()) text += ", Windows " + challenge_->version;
  }
  return text;
}

}  // namespace aztriage::probe::wire
