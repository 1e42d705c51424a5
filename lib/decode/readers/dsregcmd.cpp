#include "base/text.h"
#include "decode/readers/lines.h"

#include <array>
#include <map>

// /entra/identity/devices/troubleshoot-device-dsregcmd. Its labels are the same in every language of Windows.

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostLabels = 500;

class Dsregcmd {
 public:
  explicit Dsregcmd(std::string_view text) : lines_(text) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      std::string_view line = text::trim(lines_[i]);
      const bool frame = line.empty() || line.starts_with('+') || line.starts_with('|');
      const auto label = frame ? std::nullopt : labelled(line);
      if (frame || label) lines_.claim(i);
      // What comes twice says the same, but for diagnostics, of which the first is the newest.
      if (label && labels_.size() < kMostLabels) labels_.emplace(label->name, std::string(label->value));
    }
  }

  Reading read() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    const auto entra = flag("azureadjoined");
    const auto domain = flag("domainjoined");
    if (!entra && !domain && !flag("azureadprt") && !flag("workplacejoined")) {
      seen = unreadable("output of dsregcmd /status");
      return reading;
    }
    seen.answered = true;
    if (entra && domain) {
      put_text(seen.facts, "join",
               *entra && *domain                         ? "hybrid"
               : *entra                                  ? "entra"
               : *domain                                 ? "domain"
               : flag("workplacejoined").value_or(false) ? "registered"
                                                         : "none",
               Kind::choice);
    }
    for (const auto& [name, label] : kFlags) {
      if (const auto value = flag(label)) seen.facts[std::string(name)] = Value::boolean(*value);
    }
    for (const auto& [name, label] : kTexts) put_text(seen.facts, name, value_of(label));
    put_diagnostics(seen);
    for (const char* group : {"join", "prt", "device", "tenant", "tests", "error", "attempt", "server"})
      seen.read.insert(group);
    reading.unread = lines_.unread();
    return reading;
  }

 private:
  struct Row {
    std::string_view name, label;
  };
  static constexpr std::array<Row, 10> kFlags = {{{"entra-joined", "azureadjoined"},
                                                  {"domain-joined", "domainjoined"},
                                                  {"enterprise-joined", "enterprisejoined"},
                                                  {"registered", "workplacejoined"},
                                                  {"prt", "azureadprt"},
                                                  {"enterprise-prt", "enterpriseprt"},
                                                  {"tpm", "tpmprotected"},
                                                  {"ngc", "ngcset"},
                                                  {"cloud-ticket", "cloudtgt"},
                                                  {"domain-ticket", "onpremtgt"}}};
  static constexpr std::array<Row, 19> kTexts = {{{"device.auth", "deviceauthstatus"},
                                                  {"device.id", "deviceid"},
                                                  {"device.certificate", "devicecertificatevalidity"},
                                                  {"tenant.id", "tenantid"},
                                                  {"tenant.name", "tenantname"},
                                                  {"prt.updated", "azureadprtupdatetime"},
                                                  {"prt.expires", "azureadprtexpirytime"},
                                                  {"prt.authority", "azureadprtauthority"},
                                                  {"attempt.status", "attempt status"},
                                                  {"attempt.error", "http error"},
                                                  {"attempt.credential", "credential type"},
                                                  {"attempt.user", "user identity"},
                                                  {"error.phase", "error phase"},
                                                  {"error.client", "client errorcode"},
                                                  {"error.server", "server errorcode"},
                                                  {"error.sub", "server errorsubcode"},
                                                  {"server.message", "server message"},
                                                  {"server.error", "server error code"},
                                                  {"server.description", "server error description"}}};

  std::string value_of(std::string_view label) const {
    const auto found = labels_.find(label);
    return found == labels_.end() ? std::string() : found->second;
  }
  std::optional<bool> flag(std::string_view label) const {
    const std::string value = value_of(label);
    if (text::equal_ignoring_case(value, "YES")) return true;
    if (text::equal_ignoring_case(value, "NO")) return false;
    return std::nullopt;
  }

  /// `AD Connectivity Test : FAIL [0x54b/0x6f0]`.
  void put_diagnostics(fact::Observation& seen) const {
    std::vector<std::string> failed;
    for (const auto& [name, value] : labels_) {
      if (name.ends_with(" test") && starts_with_word(value, "FAIL")) failed.push_back(name);
    }
    seen.facts["tests.failed"] = Value::list_of(Kind::text, failed);
    for (const char* label : {"server error description", "server message", "server error code"}) {
      const std::string value = value_of(label);
      const std::size_t at = value.find("AADSTS");
      if (at == std::string::npos) continue;
      const std::size_t end = value.find_first_not_of("0123456789", at + 6);
      put_text(seen.facts, "aadsts", std::string_view(value).substr(at, end - at));
      return;
    }
  }

  Lines lines_;
  std::map<std::string, std::string, std::less<>> labels_;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return Dsregcmd(text).read();
}

constexpr std::array<std::string_view, 5> kJoins = {"entra", "hybrid", "domain", "registered", "none"};
constexpr std::array<fact::FactSpec, 33> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"join", {.kind = Kind::choice, .words = kJoins}, "how the device is joined"},
    {"entra-joined", {Kind::boolean}, "whether it is joined to Entra ID"},
    {"domain-joined", {Kind::boolean}, "whether it is joined to a domain"},
    {"enterprise-joined", {Kind::boolean}, "whether it is joined by AD FS"},
    {"registered", {Kind::boolean}, "whether the user registered it"},
    {"prt", {Kind::boolean}, "whether the user has a primary refresh token"},
    {"enterprise-prt", {Kind::boolean}, "the same of AD FS"},
    {"tpm", {Kind::boolean}, "whether the device's key is in the TPM"},
    {"ngc", {Kind::boolean}, "whether Windows Hello is set up"},
    {"cloud-ticket", {Kind::boolean}, "whether there is a Kerberos ticket of Entra ID"},
    {"domain-ticket", {Kind::boolean}, "whether there is one for the domain"},
    {"device.auth", {Kind::text}, "SUCCESS, or why the device is not accepted"},
    {"device.id", {Kind::text}, "the device's id"},
    {"device.certificate", {Kind::text}, "from when to when its certificate is valid, as written"},
    {"tenant.id", {Kind::text}, "the tenant's id"},
    {"tenant.name", {Kind::text}, "the tenant's name"},
    {"prt.updated", {Kind::text}, "when the token was last renewed, as written"},
    {"prt.expires", {Kind::text}, "when it expires, as written"},
    {"prt.authority", {Kind::text}, "who issued it"},
    {"attempt.status", {Kind::text}, "code of the last attempt to get the token"},
    {"attempt.error", {Kind::text}, "the HTTP error of that attempt"},
    {"attempt.credential", {Kind::text}, "what was used: Password, Certificate, ..."},
    {"attempt.user", {Kind::text}, "who tried"},
    {"error.phase", {Kind::text}, "phase in which joining failed: pre-check, discover, auth, join"},
    {"error.client", {Kind::text}, "the client's error code"},
    {"error.server", {Kind::text}, "the server's error code"},
    {"error.sub", {Kind::text}, "the part of it that tells more, such as error_missing_device"},
    {"server.message", {Kind::text}, "what the server says of joining"},
    {"server.error", {Kind::text}, "what the server says of the token, in a word"},
    {"server.description", {Kind::text}, "what the server says of the token"},
    {"aadsts", {Kind::text}, "the AADSTS code in any of these"},
    {"tests.failed",
     {.kind = Kind::list, .item = Kind::text},
     "names of the tests that failed, in lower case"},
}};

}  // namespace

extern const ReaderSpec kDsregcmdReader;
const ReaderSpec kDsregcmdReader = {"dsregcmd", "output of dsregcmd /status", {}, kFacts, read};

}  // namespace aztriage::decode
