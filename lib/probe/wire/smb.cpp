#include "probe/wire/smb.h"

#include "base/text.h"
#include "probe/wire/bytes.h"
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

constexpr std::size_t kLongest = 128 * 1024;
constexpr std::uint32_t kCanEncrypt = 0x40;
constexpr std::uint16_t kAnySmb2 = 0x02ff;  // not to be answered to us, who offered no SMB 1

template <std::size_t N>
std::string name_in(const std::array<SmbDialect, N>& list, std::uint16_t number) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const SmbDialect& one) { return one.number == number; });
  return found == list.end() ? fmt::format("{}", number) : std::string(found->name);
}

bool known_dialect(std::uint16_t number) {
  return std::any_of(kSmbDialects.begin(), kSmbDialects.end(),
                     [&](const SmbDialect& one) { return one.number == number; });
}

/// The first three fields of a GUID are in little endian ([MS-DTYP] 2.3.4.2).
std::string guid_text(std::string_view guid) {
  ByteReader in(guid, Order::little);
  const std::uint32_t a = in.u32();
  const std::uint16_t b = in.u16();
  const std::uint16_t c = in.u16();
  std::string text = fmt::format("{:08x}-{:04x}-{:04x}-", a, b, c);
  for (int i = 0; i < 8; ++i) text += (i == 2 ? "-" : "") + fmt::format("{:02x}", in.u8());
  return text;
}

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}

}  // namespace

std::string_view SmbTalk::operation() const {
  return stage_ == Stage::negotiate ? "negotiate" : "session";
}

Dialogue::Step SmbTalk::begin() {
  if (plan_.smb1) return send(smb_frame(smb1_negotiate()));
  return send(smb_frame(smb_negotiate(plan_.offer, plan_.random(16), plan_.random(32))));
}

Dialogue::Step SmbTalk::take(std::string_view bytes) {
  buffer_ += bytes;
  Step all;
  while (stage_ != Stage::over && !buffer_.empty()) {
    if (buffer_[0] != 0) {
      preface_ = text::to_utf8(std::string_view(buffer_).substr(0, 512));
      return broken(FailureKind::protocol_mismatch, "the server said: " + quote(buffer_));
    }
    if (buffer_.size() < 4) return all;
    const std::size_t length = ByteReader(buffer_).u32();
    if (length > kLongest) {
      return broken(FailureKind::answer_malformed, "its answer's length makes no sense");
    }
    if (buffer_.size() < 4 + length) return all;
    const std::string one = buffer_.substr(4, length);
    buffer_.erase(0, 4 + length);
    Step step = message(one);
    all.send += step.send;
    if (step.done || step.failure) {
      step.send = std::move(all.send);
      return step;
    }
  }
  return all;
}

Dialogue::Step SmbTalk::message(std::string_view bytes) {
  if (const auto accepts = smb1_accepts(bytes)) {
    smb1_ = *accepts;
    negotiated_at_ = now();
    stage_ = Stage::over;
    if (plan_.smb1) return finished();
    return broken(FailureKind::protocol_mismatch, "the server answers by SMB 1");
  }
  const auto header = read_smb_header(bytes);
  if (!header) return broken(FailureKind::answer_malformed, "its answer is no SMB message");
  if (header->status == kSmbPending) return {};
  return stage_ == Stage::negotiate ? negotiate(bytes, *header) : session(bytes, *header);
}

Dialogue::Step SmbTalk::refuse(std::uint32_t status, std::string_view what) {
  refused_ = status;
  Step step = broken(FailureKind::answer_refused, fmt::format("{} {}", what, smb_status_name(status)));
  step.failure->code = fmt::format("0x{:08X}", status);
  return step;
}

Dialogue::Step SmbTalk::negotiate(std::string_view bytes, const SmbHeader& header) {
  if (header.command != 0) return broken(FailureKind::answer_malformed, "it answers what was not asked");
  if (header.status != kSmbSuccess) return refuse(header.status, "the server refused every version:");
  auto read = read_smb_negotiated(bytes);
  if (!read || read->dialect == kAnySmb2 || !known_dialect(read->dialect)) {
    return broken(FailureKind::answer_malformed, "its choice of a version can't be read");
  }
  negotiated_at_ = now();
  negotiated_ = std::move(read);
  if (plan_.utc && negotiated_->time != 0) {
    clock_offset_ = seconds_of_filetime(negotiated_->time) - plan_.utc();
    if (negotiated_->started != 0) {
      started_ = seconds_of_filetime(negotiated_->time) - seconds_of_filetime(negotiated_->started);
    }
  }
  if (const auto spnego = read_spnego(negotiated_->token)) mechanisms_ = spnego->mechanisms;
  const bool ntlm =
      mechanisms_.empty() || std::find(mechanisms_.begin(), mechanisms_.end(), "ntlm") != mechanisms_.end();
  if (!plan_.session || !ntlm) {
    stage_ = Stage::over;
    return finished();
  }
  stage_ = Stage::first;
  return send(smb_frame(smb_session_setup(1, 0, spnego_first(ntlm_negotiate()))));
}

Dialogue::Step SmbTalk::session(std::string_view bytes, const SmbHeader& header) {
  if (header.command != 1) return broken(FailureKind::answer_malformed, "it answers what was not asked");
  session_at_ = now();
  session_status_ = header.status;
  const auto read = read_smb_session(bytes);
  if (stage_ == Stage::first && header.status == kSmbMoreProcessing) {
    const auto spnego = read ? read_spnego(read->token) : std::nullopt;
    if (spnego) challenge_ = read_ntlm_challenge(spnego->token);
    if (!challenge_) return broken(FailureKind::answer_malformed, "its challenge can't be read");
    stage_ = Stage::second;
    return send(smb_frame(smb_session_setup(2, header.session, spnego_next(ntlm_anonymous(*challenge_)))));
  }
  if (stage_ == Stage::first && header.status != kSmbSuccess) {
    return refuse(header.status, "the server refused to begin a login:");
  }
  // That nobody is refused is as it should be.
  if (header.status == kSmbSuccess && read) session_flags_ = read->flags;
  stage_ = Stage::over;
  return finished();
}

Dialogue::Step SmbTalk::closed(const std::optional<fact::Failure>& failure) {
  if (plan_.smb1 && stage_ == Stage::negotiate) smb1_ = false;
  if (failure) return {.failure = failure};
  return broken(FailureKind::tcp_closed,
                stage_ == Stage::negotiate ? "the server closed the connection instead of choosing a version"
                                           : "the server closed the connection during the login");
}

void SmbTalk::fill(fact::Observation& seen) const {
  if (negotiated_) fill_negotiated(seen);
  if (session_status_) fill_session(seen);
  if (!preface_.empty()) put(seen, "preface", Value::text(preface_));
  if (refused_) {
    seen.answered = true;
    seen.read.insert("error");
    put(seen, "error.code", Value::text(smb_status_name(*refused_)));
    put(seen, "error.number", Value::text(fmt::format("0x{:08X}", *refused_)));
  }
  if (!seen.failure && negotiated_) seen.summary = summary();
}

void SmbTalk::fill_negotiated(fact::Observation& seen) const {
  const SmbNegotiated& got = *negotiated_;
  seen.answered = true;
  seen.read.insert("negotiate");
  put(seen, "dialect", Value::text(name_in(kSmbDialects, got.dialect), Kind::choice));
  const std::string_view signing = (got.security & 2U) != 0   ? "required"
                                   : (got.security & 1U) != 0 ? "enabled"
                                                              : "none";
  put(seen, "signing", Value::text(std::string(signing), Kind::choice));
  // 3.0 and 3.0.2 have a bit for it, 3.1.1 names the cipher ([MS-SMB2] 2.2.4).
  const bool latest = got.dialect == kSmbDialects.back().number;
  const bool encrypts =
      latest ? got.cipher.value_or(0) != 0 : got.dialect >= 0x0300 && (got.capabilities & kCanEncrypt) != 0;
  put(seen, "encryption", Value::boolean(encrypts));
  if (got.cipher && *got.cipher != 0) {
    put(seen, "encryption.cipher", Value::text(name_in(kSmbCiphers, *got.cipher)));
  }
  if (got.signing) put(seen, "signing-algorithm", Value::text(name_in(kSmbSignings, *got.signing)));
  std::vector<std::string> names;
  for (const std::uint16_t one : got.compressions) {
    if (one != 0) names.push_back(name_in(kSmbCompressions, one));
  }
  put(seen, "compression", Value::list_of(Kind::text, names));
  names.clear();
  for (std::size_t i = 0; i < kSmbCapabilities.size(); ++i) {
    if ((got.capabilities >> i & 1U) != 0) names.emplace_back(kSmbCapabilities[i]);
  }
  put(seen, "capabilities", Value::list_of(Kind::choice, names));
  put(seen, "mechanisms", Value::list_of(Kind::text, mechanisms_));
  put(seen, "server.guid", Value::text(guid_text(got.guid)));
  put(seen, "max.transact", Value::number(got.max_transact));
  put(seen, "max.read", Value::number(got.max_read));
  put(seen, "max.write", Value::number(got.max_write));
  if (clock_offset_) put(seen, "clock-offset", Value::number(std::round(*clock_offset_ * 1000) / 1000));
  if (started_) put(seen, "server.started", Value::number(std::round(*started_)));
  put(seen, "time.negotiate", Value::number(negotiated_at_));
}

void SmbTalk::fill_session(fact::Observation& seen) const {
  seen.read.insert("session");
  put(seen, "session.challenged", Value::boolean(challenge_.has_value()));
  put(seen, "session.status", Value::text(smb_status_name(*session_status_)));
  put(seen, "time.session", Value::number(session_at_ - negotiated_at_));
  if (stage_ == Stage::over) {
    const bool open = *session_status_ == kSmbSuccess;
    put(seen, "session.anonymous", Value::boolean(open));
    if (open) {
      put(seen, "session.guest", Value::boolean((session_flags_ & 1U) != 0));
      put(seen, "session.encrypted", Value::boolean((session_flags_ & 4U) != 0));
    }
  }
  if (challenge_) fill_ntlm(*challenge_, seen);
}

std::string SmbTalk::summary() const {
  std::string text = "SMB " + name_in(kSmbDialects, negotiated_->dialect);
  const bool encrypts = negotiated_->cipher.value_or(0) != 0 ||
                        (negotiated_->dialect >= 0x0300 && (negotiated_->capabilities & kCanEncrypt) != 0);
  text += encrypts ? ", can encrypt" : ", without encryption";
  if ((negotiated_->security & 2U) != 0) text += ", signing required";
  if (challenge_) {
    const std::string& name =
        challenge_->dns_computer.empty() ? challenge_->computer : challenge_->dns_computer;
    if (!name.empty()) text += ", " + quote(name, 80);
  }
  if (session_status_ == kSmbSuccess) text += ", anonymous sessions allowed";
  return text;
}

}  // namespace aztriage::probe::wire
