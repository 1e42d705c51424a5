#include "probe/wire/kafka.h"

#include "base/text.h"
#include "net/names.h"
#include "probe/head.h"
#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>

#include <fmt/format.h>

namespace aztriage::probe::wire {

using fact::Failure;
using fact::FailureKind;
using fact::Value;
using kafka::Api;

namespace {

constexpr std::uint32_t kMostMessage = std::uint32_t{1} << 20;
constexpr int kNewestVersions = 3;
constexpr int kUnsupportedVersion = 35;
constexpr int kUnsupportedMechanism = 33;
constexpr int kIllegalState = 34;
constexpr std::size_t kShownBrokers = 200;

}  // namespace

Dialogue::Step Kafka::begin() {
  return ask(Api::api_versions, kNewestVersions, kafka::api_versions_body(kNewestVersions));
}

std::string_view Kafka::operation() const {
  switch (stage_) {
    case Stage::versions:
      return "versions";
    case Stage::mechanisms:
      return "mechanisms";
    case Stage::login:
      return "login";
    case Stage::metadata:
      return "metadata";
    case Stage::hold:
      return "hold";
  }
  return "hold";
}

Dialogue::Step Kafka::ask(Api api, int version, const std::string& body) {
  asked_version_ = version;
  const bool flexible = api == Api::api_versions && version >= 3;
  return send(kafka::request(api, version, ++correlation_, body, flexible));
}

Dialogue::Step Kafka::malformed(std::string_view what) const {
  return broken(FailureKind::answer_malformed, "the answer about " + std::string(what) + " can't be read");
}

Dialogue::Step Kafka::refused(std::string text, int error) {
  error_ = kafka::error_name(error);
  return {.failure = Failure{{}, FailureKind::answer_refused, text + ": " + error_, error_}};
}

const kafka::ApiRange* Kafka::range_of(Api api) const {
  const auto found = std::ranges::find(apis_, static_cast<int>(api), &kafka::ApiRange::key);
  return found == apis_.end() ? nullptr : &*found;
}

Dialogue::Step Kafka::take(std::string_view bytes) {
  buffer_ += bytes;
  while (buffer_.size() >= 4) {
    const std::uint32_t size = ByteReader(buffer_).u32();
    if (size > kMostMessage || (size < 4 && !raw_login_)) {
      if (!answered_) return broken(FailureKind::protocol_mismatch, other_protocol(buffer_));
      return size < 4 ? malformed("the request")
                      : broken(FailureKind::answer_too_large, fmt::format("an answer of {} bytes", size));
    }
    if (buffer_.size() - 4 < size) return {};
    const std::string message = buffer_.substr(4, size);
    buffer_.erase(0, 4 + std::size_t{size});
    Step step = read(message);
    // One answer for each request: what stands behind it was not asked for.
    if (step.done || step.failure || stage_ == Stage::hold) return step;
    if (!buffer_.empty())
      return broken(FailureKind::answer_malformed, "there are more answers than requests");
    return step;
  }
  return {};
}

Dialogue::Step Kafka::read(std::string_view message) {
  if (stage_ == Stage::hold) return {};
  if (raw_login_) return read_login(message);
  ByteReader in(message);
  const auto correlation = static_cast<std::int32_t>(in.u32());
  if (correlation != correlation_) {
    return answered_ ? broken(FailureKind::answer_malformed, "an answer belongs to no request")
                     : broken(FailureKind::protocol_mismatch, other_protocol(message));
  }
  if (!answered_) answered_at_ = now();
  answered_ = true;
  switch (stage_) {
    case Stage::versions:
      return read_versions(in.rest());
    case Stage::mechanisms:
      return read_mechanisms(in.rest());
    case Stage::login:
      return read_login(in.rest());
    default:
      return read_metadata(in.rest());
  }
}

Dialogue::Step Kafka::read_versions(std::string_view body) {
  const auto versions = kafka::read_api_versions(body, asked_version_);
  if (!versions) return malformed("versions");
  if (versions->error == kUnsupportedVersion && asked_version_ > 0) return ask(Api::api_versions, 0, {});
  if (versions->error != 0) return refused("the broker does not tell what it knows", versions->error);
  apis_ = versions->apis;
  const kafka::ApiRange* handshake = range_of(Api::sasl_handshake);
  if (handshake == nullptr && plan_.user.empty() && plan_.password.empty()) return ask_metadata();
  stage_ = Stage::mechanisms;
  const bool authenticate = range_of(Api::sasl_authenticate) != nullptr;
  const int version = handshake != nullptr && handshake->most >= 1 && authenticate ? 1 : 0;
  raw_login_ = false;
  return ask(Api::sasl_handshake, version, kafka::sasl_handshake_body(plan_.mechanism));
}

Dialogue::Step Kafka::read_mechanisms(std::string_view body) {
  const auto handshake = kafka::read_sasl_handshake(body);
  if (!handshake) return malformed("ways to log in");
  if (handshake->error == kIllegalState) {  // this listener wants no login
    login_wanted_ = false;
    if (!plan_.password.empty()) return refused("this port takes no login", handshake->error);
    return ask_metadata();
  }
  offered_ = handshake->mechanisms;
  if (handshake->error == kUnsupportedMechanism && plan_.password.empty()) return finished();
  if (handshake->error != 0) return refused(plan_.mechanism + " is not taken", handshake->error);
  return log_in();
}

Dialogue::Step Kafka::log_in() {
  withheld_ = !plan_.password.empty() && !trusted();
  const bool plain = plan_.mechanism == "PLAIN";
  const bool token = plan_.mechanism == "OAUTHBEARER";
  // Without a login nothing more can be learnt: the broker hears nothing but SASL now.
  if (plan_.password.empty() || withheld_ || (!plain && !token)) return finished();
  stage_ = Stage::login;
  const std::string zero(1, '\0');
  // RFC 4616, and RFC 7628 section 3.1.
  const std::string bytes = plain ? zero + plan_.user + zero + plan_.password
                                  : "n,,\x01"
                                    "auth=Bearer " +
                                        plan_.password + "\x01\x01";
  if (asked_version_ == 0) {
    raw_login_ = true;
    return send(kafka::sasl_authenticate_body(bytes));
  }
  return ask(Api::sasl_authenticate, 0, kafka::sasl_authenticate_body(bytes));
}

Dialogue::Step Kafka::read_login(std::string_view body) {
  if (!raw_login_) {
    const auto login = kafka::read_sasl_authenticate(body);
    if (!login) return malformed("the login");
    // A refused token is told as JSON, without an error.
    const bool told = plan_.mechanism == "OAUTHBEARER" && !login->bytes.empty();
    logged_in_ = login->error == 0 && !told;
    error_text_ = login->message.empty() && told ? said(login->bytes) : login->message;
    if (told && login->error == 0) return refused("the token is not taken", 58);
    if (login->error != 0) return refused("the login is not taken", login->error);
  } else {
    logged_in_ = true;  // a refusal would have been the end of the connection
    raw_login_ = false;
  }
  return ask_metadata();
}

Dialogue::Step Kafka::ask_metadata() {
  stage_ = Stage::metadata;
  const kafka::ApiRange* range = range_of(Api::metadata);
  if (range == nullptr || range->most < 1 || range->least > 4)
    return broken(FailureKind::answer_refused, "the broker knows no version of Metadata that is spoken here");
  metadata_version_ = std::min(range->most, 4);
  const bool creates = metadata_version_ < 4;  // asking could make the topic
  return ask(
      Api::metadata, metadata_version_,
      kafka::metadata_body(metadata_version_, creates ? "" : std::string_view(plan_.topic).substr(0, 249)));
}

Dialogue::Step Kafka::read_metadata(std::string_view body) {
  metadata_ = kafka::read_metadata(body, metadata_version_);
  if (!metadata_) return malformed("the cluster");
  ready_at_ = now();
  if (metadata_->topic_error.value_or(0) != 0)
    return refused("the topic is refused", *metadata_->topic_error);
  return finish_or_hold();
}

Dialogue::Step Kafka::finish_or_hold() {
  if (plan_.hold <= 0) return finished();
  stage_ = Stage::hold;
  hold_since_ = now();
  return {.wait = Milliseconds(static_cast<long>(plan_.hold * 1000))};
}

Dialogue::Step Kafka::woken() {
  if (stage_ != Stage::hold) return {};
  held_ = now() - hold_since_;
  return finished();
}

Dialogue::Step Kafka::closed(const std::optional<Failure>& failure) {
  if (stage_ == Stage::hold) held_ = cut_after_ = now() - hold_since_;
  if (stage_ == Stage::login) {
    logged_in_ = false;
    const std::string text =
        "the broker ended the connection after the login was sent, as one does that refuses it";
    return {.failure = Failure{{}, FailureKind::answer_refused, text, failure ? failure->code : ""}};
  }
  return Dialogue::closed(failure);
}

void Kafka::fill(fact::Observation& seen) const {
  auto& facts = seen.facts;
  seen.answered = seen.answered || answered_;
  if (!answered_) return;
  facts["time.versions"] = Value::number(answered_at_);
  if (!apis_.empty()) {
    std::vector<std::string> ranges;
    for (const auto& api : apis_)
      ranges.push_back(fmt::format("{} {}-{}", kafka::api_name(api.key), api.least, api.most));
    facts["versions"] = Value::list_of(fact::Kind::text, ranges);
  }
  if (offered_) facts["offered"] = Value::list_of(fact::Kind::text, *offered_);
  if (!login_wanted_) facts["login-wanted"] = Value::boolean(false);
  if (offered_) facts["login-wanted"] = Value::boolean(true);
  if (logged_in_) facts["logged-in"] = Value::boolean(*logged_in_);
  if (withheld_) facts["withheld"] = Value::boolean(true);
  if (!error_.empty()) facts["refused-with"] = Value::text(error_);
  if (!error_text_.empty()) facts["error.text"] = Value::text(error_text_);
  if (logged_in_ || metadata_) seen.read.insert("refused-with");
  if (metadata_) fill_metadata(seen);
  if (held_) {
    facts["held"] = Value::number(*held_);
    seen.read.insert("idle-cut-after");
  }
  if (cut_after_) facts["idle-cut-after"] = Value::number(*cut_after_);
  seen.summary = summary();
}

void Kafka::fill_metadata(fact::Observation& seen) const {
  auto& facts = seen.facts;
  facts["time.metadata"] = Value::number(ready_at_);
  std::vector<std::string> brokers;
  for (const auto& broker : metadata_->brokers) {
    if (broker.port < 1 || broker.port > 65535 || broker.host.empty()) continue;
    const std::string place = net::join_host_port(broker.host, broker.port);
    if (broker.id == metadata_->controller) facts["controller"] = Value::text(place, fact::Kind::endpoint);
    if (brokers.size() < kShownBrokers) brokers.push_back(place);
  }
  facts["brokers"] = Value::list_of(fact::Kind::endpoint, brokers);
  if (!metadata_->cluster.empty()) facts["cluster"] = Value::text(metadata_->cluster);
  if (!metadata_->topic_error) return;
  facts["topic.error"] = Value::text(kafka::error_name(*metadata_->topic_error));
  facts["topic.partitions"] = Value::number(metadata_->partitions);
  facts["topic.leaderless"] = Value::number(metadata_->leaderless);
}

std::string Kafka::summary() const {
  std::string out = "Kafka";
  if (offered_) out += ", offers " + quote(text::join(*offered_, " "), 200);
  if (!login_wanted_) out += " without a login";
  if (logged_in_) out += *logged_in_ ? ", logged in" : ", login refused";
  if (metadata_)
    out += fmt::format(", {} brokers after {}", metadata_->brokers.size(), show_seconds(ready_at_));
  if (cut_after_) out += ", cut after " + show_seconds(*cut_after_) + " idle";
  if (!error_.empty()) out += ", " + error_;
  if (!error_text_.empty()) out += ": " + quote(error_text_, 200);
  if (withheld_) out += ", password withheld";
  return out;
}

}  // namespace aztriage::probe::wire
