#include "base/text.h"
#include "decode/readers/failures.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <array>

// Texts of OpenSSH's client (openssh-portable: sshconnect.c, sshconnect2.c, kex.c), and
// /troubleshoot/azure/virtual-machines/linux/detailed-troubleshoot-ssh-connection.

namespace aztriage::decode {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr std::size_t kMostListed = 50;
constexpr std::array<std::string_view, 7> kStages = {"resolve",  "connect",      "banner", "key-exchange",
                                                     "host-key", "authenticate", "session"};
constexpr std::array<std::string_view, 6> kResults = {
    "authenticated", "denied", "host-key-changed", "no-common-algorithm", "too-many-tries", "closed"};

/// What stands behind `words` in a line; nothing when they do not stand there.
std::optional<std::string_view> behind(std::string_view line, std::string_view words) {
  const std::size_t at = line.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  return text::trim(line.substr(at + words.size()));
}

class SshDebug {
 public:
  explicit SshDebug(std::string_view text) : lines_(text) {}

  Reading read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) take(text::trim(lines_[i]));
    return finish();
  }

 private:
  void reach(std::size_t stage) { stage_ = std::max(stage_, static_cast<int>(stage)); }

  void take(std::string_view line) {
    ssh_ = ssh_ || line.starts_with("debug") || line.starts_with("ssh:") || line.starts_with("OpenSSH_") ||
           line.starts_with("kex_exchange_identification") || line.starts_with("ssh_exchange_identification");
    take_progress(line);
    take_keys(line);
    take_end(line);
  }

  void take_progress(std::string_view line) {
    if (text::contains(line, "Connecting to ")) reach(1);
    if (text::contains(line, "Connection established.")) reach(2);
    if (const auto version = behind(line, "remote software version ")) {
      reach(3);
      server_ = version->substr(0, 200);
    }
    if (text::contains(line, "Server host key:")) reach(4);
    if (text::contains(line, "SSH2_MSG_SERVICE_ACCEPT received")) reach(5);
    if (const auto methods = behind(line, "Authentications that can continue: ")) {
      reach(5);
      put_methods(*methods);
    }
    if (text::contains(line, "Authentication succeeded (") || text::contains(line, "Authenticated to ")) {
      reach(6);
      result_ = "authenticated";
    }
  }

  void put_methods(std::string_view list) {
    methods_.clear();
    for (const std::string_view one : text::split(list, ',')) {
      if (!text::trim(one).empty() && methods_.size() < kMostListed)
        methods_.push_back(text::to_utf8(text::trim(one)));
    }
  }

  void take_keys(std::string_view line) {
    if (const auto key = behind(line, "Offering public key: "); key && offered_.size() < kMostListed)
      offered_.push_back(text::to_utf8(key->substr(0, 300)));
    if (text::contains(line, "Server accepts key")) accepted_ = true;
    if (text::contains(line, "UNPROTECTED PRIVATE KEY FILE") || text::contains(line, "bad permissions"))
      key_problem_ = "permissions";
    if (text::contains(line, "invalid format") || text::contains(line, "error in libcrypto"))
      key_problem_ = "format";
    if (text::contains(line, "incorrect passphrase")) key_problem_ = "passphrase";
    if (text::contains(line, "not accessible: No such file") || text::contains(line, "no such identity"))
      if (key_problem_.empty() && !line.starts_with("debug")) key_problem_ = "missing";
    if (text::contains(line, "no mutual signature algorithm") ||
        text::contains(line, "no mutual signature supported"))
      key_problem_ = "algorithm";
  }

  void take_end(std::string_view line) {
    const std::string lower = text::lower(line);
    if (text::contains(line, "REMOTE HOST IDENTIFICATION HAS CHANGED") ||
        text::contains(line, "Host key verification failed"))
      result_ = "host-key-changed";
    if (text::contains(line, "Permission denied (")) {
      reach(5);
      result_ = "denied";
      const std::size_t open = line.find('(');
      put_methods(line.substr(open + 1, line.find(')', open) - open - 1));
    }
    if (text::contains(line, "Too many authentication failures")) {
      reach(5);
      result_ = "too-many-tries";
    }
    take_negotiation(line);
    take_failure(line, lower);
  }

  /// `Unable to negotiate with 10.0.0.4 port 22: no matching host key type found. Their offer: ssh-rsa`.
  void take_negotiation(std::string_view line) {
    const auto what = behind(line, "no matching ");
    if (!what) return;
    reach(3);
    result_ = "no-common-algorithm";
    no_match_ = starts_with_word(*what, "host key")       ? "host-key"
                : starts_with_word(*what, "key exchange") ? "key-exchange"
                : starts_with_word(*what, "cipher")       ? "cipher"
                : starts_with_word(*what, "mac")          ? "mac"
                                                          : "compression";
    if (const auto offer = behind(line, "Their offer: ")) {
      for (const std::string_view one : text::split(*offer, ',')) {
        if (offer_.size() < kMostListed) offer_.push_back(text::to_utf8(text::trim(one)));
      }
    }
  }

  void fail(std::string_view operation, FailureKind kind, std::string_view line) {
    failure_ = fact::Failure{std::string(operation), kind, text::to_utf8(line.substr(0, 400))};
  }

  void take_failure(std::string_view line, std::string_view lower) {
    if (line.starts_with("debug") && !text::contains(line, "connect to address")) return;
    const bool before_banner =
        text::contains(lower, "exchange_identification") || text::contains(lower, "banner exchange");
    if (text::contains(lower, "could not resolve hostname")) {
      ssh_ = true;
      fail("resolve",
           text::contains(lower, "temporary failure") ? FailureKind::dns_servfail : FailureKind::dns_nxdomain,
           line);
    } else if (before_banner && text::contains(lower, "timed out")) {
      fail("banner", FailureKind::answer_timeout, line);
    } else if (before_banner) {
      reach(2);
      fail("banner", text::contains(lower, "reset") ? FailureKind::tcp_reset : FailureKind::tcp_closed, line);
    } else if (text::contains(lower, "connect to host") || text::contains(lower, "connect to address")) {
      ssh_ = true;
      if (auto failure = failure_in(line); failure && failure->operation == "connect") failure_ = failure;
    } else if (starts_with_word(line, "Connection closed by") ||
               starts_with_word(line, "Connection reset by") ||
               text::contains(lower, "client_loop: send disconnect") ||
               starts_with_word(line, "Received disconnect from")) {
      if (result_.empty() || result_ == "authenticated") closed_ = true;
    }
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    if (!ssh_ && result_.empty() && key_problem_.empty()) {
      seen = unreadable("output of ssh -v");
      return reading;
    }
    // An address that did not answer counts for nothing when another one did.
    if (stage_ >= 2 && failure_ && failure_->operation == "connect") failure_.reset();
    if (failure_ && failure_->operation == "connect") reach(1);
    if (closed_ && result_.empty()) result_ = "closed";
    seen.answered = stage_ >= 3 || !result_.empty() || !failure_;
    if (!seen.answered) seen.failure = failure_;
    put_text(seen.facts, "stage", kStages[static_cast<std::size_t>(stage_)], Kind::choice);
    put_text(seen.facts, "result", result_, Kind::choice);
    put_text(seen.facts, "server", server_);
    seen.facts["methods"] = Value::list_of(Kind::text, methods_);
    seen.facts["offered"] = Value::list_of(Kind::text, offered_);
    seen.facts["key-accepted"] = Value::boolean(accepted_);
    seen.facts["closed"] = Value::boolean(closed_);
    put_text(seen.facts, "key-problem", key_problem_, Kind::choice);
    put_text(seen.facts, "no-match", no_match_, Kind::choice);
    if (!offer_.empty()) seen.facts["their-offer"] = Value::list_of(Kind::text, offer_);
    for (const char* group : {"stage", "result", "key-problem", "no-match", "their-offer"})
      seen.read.insert(group);
    return reading;
  }

  Lines lines_;
  int stage_ = 0;
  bool ssh_ = false, accepted_ = false, closed_ = false;
  std::string_view server_, result_, key_problem_, no_match_;
  std::vector<std::string> methods_, offered_, offer_;
  std::optional<fact::Failure> failure_;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return SshDebug(text).read();
}

constexpr std::array<std::string_view, 5> kKeyProblems = {"permissions", "format", "passphrase", "missing",
                                                          "algorithm"};
constexpr std::array<std::string_view, 5> kNoMatch = {"host-key", "key-exchange", "cipher", "mac",
                                                      "compression"};
constexpr std::array<fact::FactSpec, 11> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"stage", {.kind = Kind::choice, .words = kStages}, "how far it came"},
    {"result", {.kind = Kind::choice, .words = kResults}, "how it ended, where a connection came about"},
    {"server", {Kind::text}, "the server's software"},
    {"methods", {.kind = Kind::list, .item = Kind::text}, "ways to log in that the server still takes"},
    {"offered", {.kind = Kind::list, .item = Kind::text}, "keys that the client offered"},
    {"key-accepted", {Kind::boolean}, "whether the server knows one of them"},
    {"closed", {Kind::boolean}, "whether the server closed the connection in the end"},
    {"key-problem",
     {.kind = Kind::choice, .words = kKeyProblems},
     "what is wrong with the client's key file"},
    {"no-match",
     {.kind = Kind::choice, .words = kNoMatch},
     "what client and server have no algorithm in common for"},
    {"their-offer", {.kind = Kind::list, .item = Kind::text}, "what the server takes instead"},
}};

}  // namespace

extern const ReaderSpec kSshDebugReader;
const ReaderSpec kSshDebugReader = {"ssh-debug", "output of ssh -v or its error", {}, kFacts, read};

}  // namespace aztriage::decode
