#include "base/text.h"
#include "decode/certificate.h"
#include "decode/fact_list.h"
#include "decode/readers/failures.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostChain = 20;

/// `CN = a, O = b` and `/O=b/CN=a` as the probe writes them: "CN=a, O=b".
std::string plain_name(std::string_view name) {
  name = text::trim(name);
  std::vector<std::string> parts;
  if (name.starts_with('/')) {
    for (const std::string_view part : text::split(name.substr(1), '/')) parts.emplace_back(part);
  } else {
    for (const std::string_view part : text::split(name, ',')) parts.emplace_back(text::trim(part));
  }
  for (std::string& part : parts) {
    if (const std::size_t at = part.find(" = "); at != std::string::npos) part.replace(at, 3, "=");
  }
  if (!parts.empty() && !parts.front().starts_with("CN=")) std::reverse(parts.begin(), parts.end());
  return text::join(parts, ", ");
}

struct Link {
  std::string subject;
  std::string issuer;
};

/// Output of `openssl s_client`.
class SClient {
 public:
  SClient(std::string_view text, const ReaderParams& params) : text_(text), lines_(text) {
    if (const auto host = params.find("host"); host != params.end()) host_ = fact::to_text(host->second);
  }

  Reading read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (take(text::trim(lines_[i]))) lines_.claim(i);
    }
    return finish();
  }

 private:
  bool take(std::string_view line) {
    if (line.starts_with("-----BEGIN")) in_pem_ = true;
    if (in_pem_) {
      in_pem_ = !line.starts_with("-----END");
      return true;
    }
    if (line.starts_with("CONNECTED(")) connected_ = true;
    take_command(line);
    take_chain(line);
    take_session(line);
    take_client_authorities(line);
    if (text::contains(line, "verify error:num=") || starts_with_word(line, "Verify return code:") ||
        starts_with_word(line, "Verification error:")) {
      certificate_problem(line, problems_);
    }
    if (starts_with_word(line, "Verify return code:") || starts_with_word(line, "Verification"))
      verified_ = true;
    if (const std::size_t at = line.find("SSL alert number "); at != std::string_view::npos) take_alert(line);
    if (const auto failure = failure_in(line); failure && !failure_) failure_ = failure;
    if (text::contains(line, "unexpected eof") || text::contains(line, "errno=104")) {
      failure_ = fact::Failure{"handshake", fact::FailureKind::tls_closed, std::string(line)};
    }
    return true;  // s_client says much that matters to nobody
  }

  /// The host out of the command itself, when it was pasted, too.
  void take_command(std::string_view line) {
    constexpr std::string_view kOption = "-servername ";
    const std::size_t at = line.find(kOption);
    if (!host_.empty() || at == std::string_view::npos || !text::contains(line, "s_client")) return;
    const std::string_view rest = line.substr(at + kOption.size());
    host_ = text::lower(rest.substr(0, rest.find_first_of(" \t'\"")));
  }

  void take_chain(std::string_view line) {
    const std::size_t s = line.find("s:");
    const bool numbered =
        s != std::string_view::npos && s > 0 && s < 4 && line.find_first_not_of("0123456789 ") == s;
    if (numbered && chain_.size() < kMostChain) chain_.push_back({plain_name(line.substr(s + 2)), {}});
    if (line.starts_with("i:") && !chain_.empty()) chain_.back().issuer = plain_name(line.substr(2));
    if (line.starts_with("subject=")) subject_ = plain_name(line.substr(8));
    if (line.starts_with("issuer=")) issuer_ = plain_name(line.substr(7));
  }

  void take_session(std::string_view line) {
    if (const std::size_t at = line.find("Cipher is "); at != std::string_view::npos) {
      const std::string_view cipher = line.substr(at + 10);
      if (cipher != "(NONE)") cipher_ = cipher;
      if (line.starts_with("New, TLSv1.") && cipher != "(NONE)")
        new_version_ = std::string(line.substr(9, 3));
    }
    if (const auto label = labelled(line); label && label->name == "protocol") {
      if (label->value == "TLSv1") version_ = "1.0";
      if (label->value.starts_with("TLSv1.")) version_ = std::string(label->value.substr(4));
    }
    if (starts_with_word(line, "OCSP response: no response")) stapled_ = false;
    if (const auto label = labelled(line); label && label->name == "cert status") {
      stapled_ = true;
      ocsp_ = text::lower(label->value);
    }
  }

  void take_client_authorities(std::string_view line) {
    if (text::contains(line, "No client certificate CA names sent")) asked_ = false;
    if (line.starts_with("Acceptable client certificate CA names")) {
      asked_ = true;
      in_authorities_ = true;
      return;
    }
    const bool name = line.starts_with('/') || line.find('=') != std::string_view::npos;
    in_authorities_ = in_authorities_ && name;
    if (in_authorities_ && authorities_.size() < 100) authorities_.push_back(plain_name(line));
  }

  /// `...:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:...:SSL alert number 70`.
  void take_alert(std::string_view line) {
    constexpr std::array<std::array<std::string_view, 2>, 6> kAlerts = {{{"70", "protocol_version"},
                                                                         {"40", "handshake_failure"},
                                                                         {"71", "insufficient_security"},
                                                                         {"112", "unrecognized_name"},
                                                                         {"116", "certificate_required"},
                                                                         {"80", "internal_error"}}};
    const std::string_view number = text::trim(line.substr(line.find("SSL alert number ") + 17));
    alert_ = "alert " + std::string(number);
    for (const auto& [code, name] : kAlerts) {
      if (code == number) alert_ = name;
    }
  }

  void put_certificate(fact::Observation& seen) {
    const UtcTime now = system_clock().utc();
    put_text(seen.facts, "certificate.subject", subject_);
    put_text(seen.facts, "certificate.issuer", issuer_);
    const auto certificate = text::contains(text_, "-----BEGIN CERTIFICATE-----")
                                 ? read_certificate(text_)
                                 : Result<Certificate>(failed(""));
    if (certificate) {
      add_certificate_facts(*certificate, now, seen.facts);
      if (certificate->not_after < now) certificate_problem("has expired", problems_);
      if (!host_.empty() && !certificate_is_for(*certificate, host_))
        certificate_problem("hostname mismatch", problems_);
    }
    // s_client does not look at names: without a host and a certificate nobody knows that all is well.
    const bool whole = verified_ && certificate && !host_.empty();
    if (!problems_.empty() || whole)
      seen.facts["certificate.problems"] = Value::list_of(Kind::choice, problems_);
    if (whole) seen.read.insert("certificate");
  }

  void put_chain(fact::Observation& seen) {
    Value::List items;
    for (const Link& link : chain_) {
      items.push_back(Value::record({{"subject", Value::text(text::to_utf8(link.subject))},
                                     {"issuer", Value::text(text::to_utf8(link.issuer))},
                                     {"self-signed", Value::boolean(link.subject == link.issuer)}}));
    }
    seen.facts["sent"] = Value::number(static_cast<double>(chain_.size()));
    seen.facts["chain"] = Value::list(std::move(items));
    seen.read.insert("chain");
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    if (!connected_ && !failure_ && chain_.empty() && subject_.empty()) {
      seen = unreadable("output of openssl s_client");
      return reading;
    }
    if (version_.empty()) version_ = new_version_;
    seen.answered = !cipher_.empty();
    put_text(seen.facts, "protocol", version_, Kind::choice);
    put_text(seen.facts, "cipher", cipher_);
    put_text(seen.facts, "alert", alert_);
    if (!chain_.empty()) put_chain(seen);
    if (!subject_.empty() || !chain_.empty()) put_certificate(seen);
    if (asked_) {
      seen.facts["client-certificate-asked"] = Value::boolean(*asked_);
      seen.facts["client-authorities"] = Value::list_of(Kind::text, authorities_);
    }
    if (stapled_) {
      seen.facts["ocsp.stapled"] = Value::boolean(*stapled_);
      put_text(seen.facts, "ocsp.status", ocsp_.empty() ? "none" : ocsp_, Kind::choice);
    }
    if (!seen.answered) {
      seen.failure = failure_.value_or(
          fact::Failure{"handshake", fact::FailureKind::tls_protocol, "the handshake did not end"});
    }
    return reading;
  }

  std::string_view text_;
  Lines lines_;
  std::string host_, subject_, issuer_, version_, new_version_, cipher_, alert_, ocsp_;
  std::vector<Link> chain_;
  std::vector<std::string> problems_, authorities_;
  std::optional<bool> asked_, stapled_;
  std::optional<fact::Failure> failure_;
  bool connected_ = false, in_pem_ = false, in_authorities_ = false, verified_ = false;
};

Reading read(std::string_view text, const ReaderParams& params, std::span<const Wanted>) {
  return SClient(text, params).read();
}

constexpr std::array<fact::ParamSpec, 1> kParams = {{
    {.name = "host", .type = {Kind::host}, .help = "name that the certificate must be for"},
}};

constexpr std::array<std::string_view, 4> kOcspNames = {"good", "revoked", "unknown", "none"};
constexpr std::array<fact::FactSpec, 3> kLinkFields = {{
    {"subject", {Kind::text}, "whom this certificate names"},
    {"issuer", {Kind::text}, "who issued it"},
    {"self-signed", {Kind::boolean}, "whether it is signed with its own key"},
}};
constexpr auto kFacts = fact_list(
    kCertificateFacts,
    std::array<fact::FactSpec, 11>{{
        {"text", {Kind::text}, "the text itself, the first 64 KiB"},
        {"protocol", {.kind = Kind::choice, .words = kTlsNames}, "the TLS version"},
        {"cipher", {Kind::text}, "the cipher suite"},
        {"alert", {Kind::text}, "the alert that the server sent"},
        {"certificate.problems",
         {.kind = Kind::list, .item = Kind::choice, .words = kProblemNames},
         "what is wrong with it"},
        {"chain",
         {.kind = Kind::list, .item = Kind::record, .fields = kLinkFields},
         "the certificates as sent"},
        {"sent", {Kind::number}, "how many certificates the server sent", "chain"},
        {"client-certificate-asked", {Kind::boolean}, "whether the server asks for a client certificate"},
        {"client-authorities",
         {.kind = Kind::list, .item = Kind::text},
         "the authorities whose client certificates it takes"},
        {"ocsp.stapled", {Kind::boolean}, "whether the server sends an OCSP answer along"},
        {"ocsp.status",
         {.kind = Kind::choice, .words = kOcspNames},
         "what that answer says of the certificate"},
    }});

}  // namespace

extern const ReaderSpec kOpensslReader;
const ReaderSpec kOpensslReader = {"openssl", "output of openssl s_client", kParams, kFacts, read};

}  // namespace aztriage::decode
