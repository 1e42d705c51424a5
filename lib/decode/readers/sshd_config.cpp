#include "base/text.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

// sshd(8), option -T, and sshd_config(5).

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostOptions = 500;

struct Trouble {
  std::string_view words;  // in lower case
  std::string_view name;
};
constexpr std::array<Trouble, 11> kTroubles = {{
    {"bad configuration option", "bad-option"},
    {"unsupported option", "bad-option"},
    {"bad configuration options", "bad-option"},
    {"missing argument", "bad-value"},
    {"bad yes/no argument", "bad-value"},
    {"invalid", "bad-value"},
    {"no hostkeys available", "no-host-keys"},
    {"unprotected private key file", "host-key-permissions"},
    {"missing privilege separation directory", "no-directory"},
    {"must be owned by root and not group or world-writable", "directory-owner"},
    {"privilege separation user sshd does not exist", "no-user"},
}};
constexpr std::array<std::string_view, 8> kErrorNames = {
    "none",         "bad-option",      "bad-value", "no-host-keys", "host-key-permissions",
    "no-directory", "directory-owner", "no-user"};

class SshdConfig {
 public:
  explicit SshdConfig(std::string_view text) : lines_(text) {}

  Reading read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (take(text::trim(lines_[i]))) lines_.claim(i);
    }
    return finish();
  }

 private:
  bool take(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return true;
    if (take_error(line)) return true;
    const std::size_t blank = line.find_first_of(" \t=");
    const std::string name = text::lower(line.substr(0, blank));
    if (blank == std::string_view::npos || !is_word(name)) return false;
    if (name == "match") matching_ = true;  // what follows holds for some connections only
    if (matching_ || options_.size() >= kMostOptions) return true;
    std::string_view value = text::trim(line.substr(blank + 1));
    if (value.starts_with('=')) value = text::trim(value.substr(1));
    options_[name].emplace_back(value);
    return true;
  }

  static bool is_word(std::string_view name) {
    return name.size() > 1 && name.size() < 40 && std::all_of(name.begin(), name.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
           });
  }

  /// `/etc/ssh/sshd_config: line 12: Bad configuration option: PermitRoot`.
  bool take_error(std::string_view line) {
    const std::string lower = text::lower(line);
    const bool told = text::contains(lower, "sshd_config") || text::contains(lower, "line ") ||
                      text::contains(lower, "sshd") || text::contains(lower, "private key file") ||
                      text::contains(lower, "privilege separation");
    const auto found = std::find_if(kTroubles.begin(), kTroubles.end(), [&](const Trouble& trouble) {
      return text::contains(lower, trouble.words);
    });
    if (!told || found == kTroubles.end()) return false;
    if (error_.empty()) {
      error_ = found->name;
      error_text_ = std::string(line.substr(0, 400));
      if (const std::size_t at = lower.find("line "); at != std::string::npos)
        std::from_chars(lower.data() + at + 5, lower.data() + lower.size(), error_line_);
    }
    return true;
  }

  /// The first of several lines counts, as for sshd.
  std::string first(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::string() : found->second.front();
  }
  void put_flag(fact::Observation& seen, std::string_view fact, std::string_view option) const {
    const std::string value = text::lower(first(option));
    if (value == "yes" || value == "no") seen.facts[std::string(fact)] = Value::boolean(value == "yes");
  }
  void put_list(fact::Observation& seen, std::string_view fact, std::string_view option) const {
    std::vector<std::string> all;
    const auto found = options_.find(option);
    if (found == options_.end()) return;
    for (const std::string& line : found->second) {
      for (std::string_view word : text::split(line, ' ')) {
        for (const std::string_view one : text::split(word, ',')) {
          if (!text::trim(one).empty() && all.size() < kMostOptions)
            all.push_back(text::to_utf8(text::trim(one)));
        }
      }
    }
    seen.facts[std::string(fact)] = Value::list_of(Kind::text, all);
  }
  void put_number(fact::Observation& seen, std::string_view fact, std::string_view option) const {
    const std::string value = first(option);
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc() && end == value.data() + value.size())
      seen.facts[std::string(fact)] = Value::number(number);
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    const bool known = options_.contains("passwordauthentication") || options_.contains("usepam") ||
                       options_.contains("permitrootlogin") || options_.contains("pubkeyauthentication") ||
                       options_.contains("authorizedkeysfile");
    if (!known && error_.empty()) {
      seen = unreadable("output of sshd -T");
      return reading;
    }
    seen.answered = true;
    put_text(seen.facts, "error", error_.empty() ? "none" : error_, Kind::choice);
    put_text(seen.facts, "error.text", error_text_);
    if (error_line_ > 0) seen.facts["error.line"] = Value::number(error_line_);
    seen.read.insert("error");
    if (!known) return reading;
    for (const auto& [name, values] : options_)
      put_text(seen.facts, "options." + name, text::join(values, ", "));
    put_flag(seen, "password", "passwordauthentication");
    put_flag(seen, "public-key", "pubkeyauthentication");
    put_flag(seen, "keyboard-interactive", "kbdinteractiveauthentication");
    if (!seen.facts.contains("keyboard-interactive"))
      put_flag(seen, "keyboard-interactive", "challengeresponseauthentication");
    put_flag(seen, "pam", "usepam");
    put_text(seen.facts, "root-login", text::lower(first("permitrootlogin")));
    put_text(seen.facts, "max-startups", first("maxstartups"));
    put_number(seen, "max-tries", "maxauthtries");
    for (const auto& [fact, option] : kLists) put_list(seen, fact, option);
    seen.read.insert("options");
    reading.unread = lines_.unread();
    return reading;
  }

  struct Row {
    std::string_view fact, option;
  };
  static constexpr std::array<Row, 12> kLists = {{{"ports", "port"},
                                                  {"listen", "listenaddress"},
                                                  {"allow-users", "allowusers"},
                                                  {"deny-users", "denyusers"},
                                                  {"allow-groups", "allowgroups"},
                                                  {"deny-groups", "denygroups"},
                                                  {"methods", "authenticationmethods"},
                                                  {"authorized-keys", "authorizedkeysfile"},
                                                  {"host-key-algorithms", "hostkeyalgorithms"},
                                                  {"key-algorithms", "pubkeyacceptedalgorithms"},
                                                  {"key-exchanges", "kexalgorithms"},
                                                  {"ciphers", "ciphers"}}};

  Lines lines_;
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::string error_, error_text_;
  int error_line_ = 0;
  bool matching_ = false;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return SshdConfig(text).read();
}

constexpr fact::Type kList{.kind = Kind::list, .item = Kind::text};
constexpr std::array<fact::FactSpec, 24> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"error", {.kind = Kind::choice, .words = kErrorNames}, "why sshd does not take its configuration"},
    {"error.text", {Kind::text}, "that in sshd's words"},
    {"error.line", {Kind::number}, "the line it complains of"},
    {"options.*", {Kind::text}, "an option by its name in lower case, several values joined by commas"},
    {"password", {Kind::boolean}, "whether passwords are taken", "options"},
    {"public-key", {Kind::boolean}, "whether keys are taken", "options"},
    {"keyboard-interactive", {Kind::boolean}, "whether questions of PAM are asked", "options"},
    {"pam", {Kind::boolean}, "whether PAM is used", "options"},
    {"root-login", {Kind::text}, "yes, no, prohibit-password, ...", "options"},
    {"max-startups", {Kind::text}, "connections without a login that it lets wait", "options"},
    {"max-tries", {Kind::number}, "tries of one connection to log in", "options"},
    {"ports", kList, "ports it listens on", "options"},
    {"listen", kList, "addresses it listens on", "options"},
    {"allow-users", kList, "the only users that may log in", "options"},
    {"deny-users", kList, "users that may not", "options"},
    {"allow-groups", kList, "the only groups that may log in", "options"},
    {"deny-groups", kList, "groups that may not", "options"},
    {"methods", kList, "ways to log in that have to go together", "options"},
    {"authorized-keys", kList, "files that it looks for keys in", "options"},
    {"host-key-algorithms", kList, "algorithms of its own keys", "options"},
    {"key-algorithms", kList, "algorithms of users' keys that it takes", "options"},
    {"key-exchanges", kList, "key exchanges that it takes", "options"},
    {"ciphers", kList, "ciphers that it takes", "options"},
}};

}  // namespace

extern const ReaderSpec kSshdConfigReader;
const ReaderSpec kSshdConfigReader = {
    "sshd-config", "output of sshd -T or sshd -t, or a sshd_config", {}, kFacts, read};

}  // namespace aztriage::decode
