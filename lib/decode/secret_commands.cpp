#include "base/text.h"
#include "decode/secret_scan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::decode {
namespace {

using text::equal_ignoring_case;

/// How a program takes its secret.
enum class Form {
  next,    // -a SECRET
  glued,   // -pSECRET
  either,  // both
  colon,   // -u USER:SECRET
  percent  // -U USER%SECRET
};
struct Rule {
  std::string_view tool;
  std::string_view option;
  Form form;
  bool login = false;  // only behind the word `login`: -p is a port elsewhere
};
constexpr auto kRules = std::to_array<Rule>({
    {"redis-cli", "-a", Form::next},       {"redis-cli", "--pass", Form::next},
    {"valkey-cli", "-a", Form::next},      {"redis-benchmark", "-a", Form::next},
    {"sshpass", "-p", Form::either},       {"mysql", "-p", Form::glued},
    {"mysqldump", "-p", Form::glued},      {"mysqladmin", "-p", Form::glued},
    {"mariadb", "-p", Form::glued},        {"sqlcmd", "-P", Form::either},
    {"bcp", "-P", Form::either},           {"docker", "-p", Form::next, true},
    {"podman", "-p", Form::next, true},    {"nerdctl", "-p", Form::next, true},
    {"helm", "-p", Form::next, true},      {"oras", "-p", Form::next, true},
    {"az", "-p", Form::next, true},        {"plink", "-pw", Form::next},
    {"pscp", "-pw", Form::next},           {"psexec", "-p", Form::next},
    {"winrs", "-p:", Form::glued},         {"winrs", "/p:", Form::glued},
    {"xfreerdp", "/p:", Form::glued},      {"cmdkey", "/pass:", Form::glued},
    {"mosquitto_pub", "-P", Form::next},   {"mosquitto_sub", "-P", Form::next},
    {"ldapsearch", "-w", Form::next},      {"ldapwhoami", "-w", Form::next},
    {"mongosh", "-p", Form::next},         {"mongo", "-p", Form::next},
    {"mongodump", "-p", Form::next},       {"smbclient", "-U", Form::percent},
    {"rpcclient", "-U", Form::percent},    {"curl", "-u", Form::colon},
    {"curl", "-U", Form::colon},           {"curl", "--user", Form::colon},
    {"curl", "--proxy-user", Form::colon}, {"wget", "--user", Form::colon},
    {"openssl", "pass:", Form::glued},     {"convertto-securestring", "", Form::next},
});

bool is_break(char c) {
  return c == '\n' || c == '\r';
}
bool is_quote(char c) {
  return c == '"' || c == '\'';
}
/// What stands between the words of a command, also of one that is written as a list.
bool is_gap(char c) {
  return c == ' ' || c == '\t' || c == ',' || c == '[' || c == ']' || c == '(' || c == ')';
}

struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
};

/// The name of a program without its folder and `.exe`, also behind what it is the value of: `run=curl`.
std::string_view program(std::string_view word) {
  const std::size_t slash = word.find_last_of("/\\=");
  if (slash != std::string_view::npos) word.remove_prefix(slash + 1);
  if (word.size() > 4 && equal_ignoring_case(word.substr(word.size() - 4), ".exe")) word.remove_suffix(4);
  return word;
}

bool is_tool(std::string_view name) {
  return std::any_of(kRules.begin(), kRules.end(),
                     [&](const Rule& rule) { return equal_ignoring_case(rule.tool, name); });
}

/// Reads a text word by word and knows which program's words these are.
class CommandScan {
 public:
  CommandScan(std::string_view text, std::vector<SecretSpan>& out) : text_(text), out_(out) {}

  void run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_break(c)) {
        end_line();
        ++at_;
      } else if (c == '|' || c == ';' || c == '&') {
        forget();
        ++at_;
      } else if (is_gap(c) || is_quote(c)) {
        ++at_;
      } else {
        take(next_word());
      }
    }
  }

 private:
  void forget() {
    tool_ = {};
    login_ = false;
    wanted_ = nullptr;
    net_ = Net::none;
  }

  void end_line() {
    // A list has one word a line: `kubectl describe` shows arguments so.
    if (words_ != 1) forget();
    if (words_ > 0) after_user_ = first_ == "USER" || first_ == "331";
    if (words_ > 0) after_334_ = first_ == "334";
    words_ = 0;
    first_ = {};
  }

  /// At a sign that is neither gap nor quote; ends at the next of them.
  Word next_word() {
    Word word{at_, at_};
    while (word.end < text_.size() && !is_break(text_[word.end]) && !is_gap(text_[word.end]) &&
           !is_quote(text_[word.end]) && text_[word.end] != '|' && text_[word.end] != ';')
      ++word.end;
    at_ = word.end;
    return word;
  }

  /// A value may be quoted, and then hold anything.
  Word value_at(std::size_t begin) const {
    const bool quoted = begin > 0 && is_quote(text_[begin - 1]);
    const char quote = quoted ? text_[begin - 1] : '\0';
    std::size_t end = begin;
    while (end < text_.size() && !is_break(text_[end])) {
      const char c = text_[end];
      if (quoted ? c == quote : (c == ' ' || c == '\t' || is_quote(c) || c == ']')) break;
      ++end;
    }
    return {begin, end};
  }

  void hide(Word value) {
    // What stands unquoted may end in the comma of a list.
    while (value.end > value.begin && text_[value.end - 1] == ',') --value.end;
    at_ = std::max(at_, value.end);
    if (value.end > value.begin && !is_placeholder(value.in(text_))) {
      out_.push_back({value.begin, value.end, "password"});
    }
  }
  void hide_behind(Word value, char divider) {
    const std::string_view word = value.in(text_);
    const std::size_t place = word.find(divider);
    if (place == std::string_view::npos || place == 0 || word.find("://") != std::string_view::npos) return;
    hide({value.begin + place + 1, value.end});
  }

  void take(Word word) {
    const std::string_view plain = word.in(text_);
    if (words_++ == 0) first_ = plain;
    const std::string_view before = std::exchange(before_, plain);
    if (const Rule* rule = std::exchange(wanted_, nullptr)) {
      const Word value = value_at(word.begin);
      if (rule->form == Form::colon) return hide_behind(value, ':');
      if (rule->form == Form::percent) return hide_behind(value, '%');
      if (!plain.starts_with('-') && !plain.starts_with('$')) return hide(value);
    }
    if (take_talk(word, plain, before)) return;
    if (const std::string_view name = program(plain); is_tool(name) && !plain.starts_with('-')) {
      forget();
      tool_ = name;
      if (equal_ignoring_case(name, "convertto-securestring")) wanted_ = &kRules.back();
      return;
    }
    if (take_net(word, plain)) return;
    if (plain == "login") login_ = true;
    if (!tool_.empty()) take_option(word, plain);
  }

  void take_option(Word word, std::string_view plain) {
    for (const Rule& rule : kRules) {
      if (rule.option.empty() || !equal_ignoring_case(rule.tool, tool_) || (rule.login && !login_)) continue;
      if (plain == rule.option && rule.form != Form::glued) {
        wanted_ = &rule;
        return;
      }
      const bool glued = rule.form == Form::glued || rule.form == Form::either;
      if (glued && plain.starts_with(rule.option)) {
        std::size_t begin = word.begin + rule.option.size();
        if (begin < text_.size() && is_quote(text_[begin])) ++begin;
        return hide(value_at(begin));
      }
    }
    // `-udeploy:secret`
    if (equal_ignoring_case(tool_, "curl") && plain.starts_with("-u") && plain.size() > 2)
      hide_behind({word.begin + 2, word.end}, ':');
  }

  /// `net user NAME PASSWORD`, `net use \\SERVER\SHARE PASSWORD /user:NAME` and the other way round.
  bool take_net(Word word, std::string_view plain) {
    if (net_ == Net::none) {
      if (!equal_ignoring_case(program(plain), "net")) return false;
      net_ = Net::net;
      return true;
    }
    if (net_ == Net::net) {
      net_ = equal_ignoring_case(plain, "user")  ? Net::user
             : equal_ignoring_case(plain, "use") ? Net::use
                                                 : Net::none;
      return net_ != Net::none;
    }
    const bool share = plain.find('\\') != plain.npos;
    if (share && net_ == Net::use) net_ = Net::value;
    if (share || plain.starts_with('/') || plain.starts_with('-') || plain.ends_with(':')) return true;
    if (net_ == Net::user) {
      net_ = Net::value;
      return true;
    }
    const bool random = looks_random(plain) && plain.size() >= 20;
    if (plain != "*" && (random || (net_ == Net::value && !is_prose(word)))) hide(value_at(word.begin));
    net_ = Net::none;
    return true;
  }

  /// A word of small letters before another one: "net user and", "net use \\server\share fails with".
  bool is_prose(Word word) const {
    const std::string_view plain = word.in(text_);
    const bool small = plain.find_first_not_of("abcdefghijklmnopqrstuvwxyz'") == plain.npos;
    std::size_t next = word.end;
    while (next < text_.size() && text_[next] == ' ') ++next;
    return small && next > word.end && next < text_.size() && text_[next] >= 'a' && text_[next] <= 'z';
  }

  /// Lines of protocols: Redis's AUTH, FTP's PASS, SMTP's AUTH.
  bool take_talk(Word word, std::string_view plain, std::string_view before) {
    if (after_334_ && words_ == 1 && plain.size() >= 8) {
      hide(word);
      return true;
    }
    const bool begins =
        words_ == 1 || before.ends_with('>') || (word.begin > 0 && is_quote(text_[word.begin - 1]));
    if (!begins) return false;
    if (plain == "PASS" && after_user_) {
      hide_arguments(1);
      return true;
    }
    if (equal_ignoring_case(plain, "AUTH")) {
      hide_arguments(2);
      return true;
    }
    if (plain == "requirepass" || plain == "masterauth" || plain == "primaryauth") {
      hide_arguments(1);
      return true;
    }
    return false;
  }

  /// The last of at most `most` words up to the line's end; in Redis's protocol each has a line of its own
  /// behind its length. A sentence has more words.
  void hide_arguments(int most) {
    std::array<Word, 3> words{};
    int count = 0;
    std::size_t at = at_;
    while (at < text_.size() && count < 3) {
      const std::size_t end = at;
      while (at < text_.size() && text_[at] == ' ') ++at;
      // A quote right behind a word closes what the whole line stands in.
      if (at < text_.size() && is_quote(text_[at]) && at++ == end) break;
      const std::size_t length = resp_length(at);
      if (count == 0 && length != 0) {
        at += length;
        continue;
      }
      if (at >= text_.size() || is_break(text_[at])) break;
      words[static_cast<std::size_t>(count)] = value_at(at);
      at = words[static_cast<std::size_t>(count++)].end;
    }
    if (count == 0 || count > most) return;
    const Word last = words[static_cast<std::size_t>(count - 1)];
    // FTP's and SMTP's ways to log in.
    for (const std::string_view way :
         {"TLS", "SSL", "LOGIN", "PLAIN", "NTLM", "XOAUTH2", "CRAM-MD5", "GSSAPI"}) {
      if (count == 1 && last.in(text_).starts_with(way)) return;
    }
    if (count == 2 || looks_random(last.in(text_)) || last.end - last.begin >= 12) hide(last);
  }

  /// The length of `\r\n$12\r\n` at a place, or 0.
  std::size_t resp_length(std::size_t at) const {
    const std::size_t begin = at;
    while (at < text_.size() && is_break(text_[at]) && at - begin < 2) ++at;
    if (at == begin || at >= text_.size() || text_[at] != '$') return 0;
    const std::size_t digits = ++at;
    while (at < text_.size() && at - digits < 9 && text_[at] >= '0' && text_[at] <= '9') ++at;
    const std::size_t end = at;
    while (at < text_.size() && is_break(text_[at]) && at - end < 2) ++at;
    return end > digits && at > end ? at - begin : 0;
  }

  std::string_view text_;
  std::vector<SecretSpan>& out_;
  std::size_t at_ = 0;
  std::string_view tool_;
  std::string_view first_;   // word of the line
  std::string_view before_;  // the word before
  bool login_ = false;
  bool after_user_ = false;
  bool after_334_ = false;
  const Rule* wanted_ = nullptr;
  int words_ = 0;  // of the line so far
  enum class Net { none, net, user, use, value };
  Net net_ =
      Net::none;  // what was read of `net user NAME` or `net use SHARE`; at `value` the password is next
};

}  // namespace

void scan_commands(std::string_view text, std::vector<SecretSpan>& out) {
  CommandScan(text, out).run();
}

}  // namespace aztriage::decode
