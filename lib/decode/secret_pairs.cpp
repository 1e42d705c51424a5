#include "base/text.h"
#include "decode/encoding.h"
#include "decode/secret_names.h"
#include "decode/secret_scan.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {
namespace {

constexpr std::size_t kMostSpaces = 8;
constexpr std::size_t kContext = 256;  // how far a connection string's next `;` may be

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool is_break(char c) {
  return c == '\n' || c == '\r';
}

/// A name, what divides it from its value, and where the value begins.
struct Pair {
  std::string_view name;
  std::size_t name_begin = 0;
  std::size_t value = 0;
  char divider = '=';   // '=', ':', '>' of XML, or ' ' behind an option of a command
  bool spaced = false;  // blanks behind the divider
  char quote = 0;
  bool list = false;  // the first of several, in brackets
};

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(text.size(), at + kMostSpaces);
  while (at < end && is_blank(text[at])) ++at;
  return at;
}

/// Over the lines and the indent of a document, too.
std::size_t skip_gap(std::string_view text, std::size_t at) {
  constexpr std::size_t kMostGap = 80;
  const std::size_t end = std::min(text.size(), at + kMostGap);
  while (at < end && (is_blank(text[at]) || is_break(text[at]))) ++at;
  return at;
}

/// Looks for a divider behind the name that ends at `end`. False when there is no value.
bool find_value(std::string_view text, std::size_t end, bool option, Pair& pair) {
  std::size_t at = end;
  if (at + 1 < text.size() && text[at] == '>' && pair.name_begin > 0 && text[pair.name_begin - 1] == '<') {
    pair.divider = '>';
    pair.value = at + 1;
    return pair.value < text.size();
  }
  if (at < text.size() && is_quote(text[at])) ++at;
  const std::size_t behind = at;
  at = skip_blanks(text, at);
  if (at < text.size() && (text[at] == '=' || text[at] == ':')) {
    pair.divider = text[at++];
    if (at < text.size() && text[at] == '>') ++at;  // Ruby's and Perl's =>
  } else if (option && at > behind) {
    pair.divider = ' ';
  } else {
    return false;
  }
  const std::size_t value = skip_blanks(text, at);
  pair.spaced = value > at;
  pair.value = value;
  if (value < text.size() && text[value] == '[') {
    const std::size_t first = skip_gap(text, value + 1);
    pair.list = first < text.size() && is_quote(text[first]);
    if (pair.list) pair.value = first;
  }
  if (pair.value < text.size() && is_quote(text[pair.value])) {
    pair.quote = text[pair.value];
    ++pair.value;
  }
  return pair.value < text.size();
}

/// Goes on to the next text of a list behind the one that ended at `end`.
bool next_of_list(std::string_view text, std::size_t end, Pair& pair) {
  if (!pair.list || end >= text.size() || text[end] != pair.quote) return false;
  std::size_t at = skip_gap(text, end + 1);
  if (at >= text.size() || text[at] != ',') return false;
  at = skip_gap(text, at + 1);
  if (at + 1 >= text.size() || text[at] != pair.quote) return false;
  pair.value = at + 1;
  return true;
}

/// The next of some signs at or behind a place. Places only grow, so that all answers together cost one pass,
/// however a hostile text nests its pairs.
class NextOf {
 public:
  NextOf(std::string_view text, std::string_view signs) : text_(text) {
    for (const char c : signs) is_sign_[static_cast<unsigned char>(c)] = true;
  }
  std::size_t operator()(std::size_t from) {
    if (known_ && from >= from_ && from <= next_) return next_;
    known_ = true;
    from_ = from;
    next_ = from;
    while (next_ < text_.size() && !is_sign_[static_cast<unsigned char>(text_[next_])]) ++next_;
    return next_;
  }

 private:
  std::string_view text_;
  std::array<bool, 256> is_sign_{};
  bool known_ = false;
  std::size_t from_ = 0;
  std::size_t next_ = 0;
};

struct Ends {
  explicit Ends(std::string_view text)
      : line(text, "\r\n"),
        narrow(text, "; \t\r\n\"'<>,&"),
        wide(text, ";\r\n\"<>"),
        value(text, ";& \t\r\n\"'<>,)]}\\|"),
        part(text, ";\r\n"),
        element(text, "<\r\n") {}
  NextOf line, narrow, wide, value, part, element;
};

/// Judging a value by its start is enough, and bounds the work.
constexpr std::size_t kJudged = 256;

/// Up to the quote that closes it. One behind a backslash does not, nor a doubled one (PowerShell, SQL), nor
/// one that a shell takes up again: 'it'\''s', 'it'"'"'s'.
std::size_t quoted_end(std::string_view text, std::size_t from, char quote) {
  int more =
      16;  // of them in one value, so that a hostile text can't have each of its quotes read to its end
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '\\' || (text[i] == '`' && quote == '"' && text.substr(i + 1, 1) == "\"")) {
      ++i;
    } else if (is_break(text[i])) {
      return i;
    } else if (text[i] == quote) {
      const std::string_view rest = text.substr(i, 5);
      if (--more == 0) return i;
      if (i > from && rest.size() > 1 && rest[1] == quote && quote != '`') {
        ++i;
      } else if (rest.starts_with("'\\''")) {
        i += 3;
      } else if (rest == "'\"'\"'") {
        i += 4;
      } else {
        return i;
      }
    }
  }
  return text.size();
}

/// `{a;b}` of ODBC and JDBC, in which a closing brace is doubled. Nothing when it is not closed.
std::size_t braced_end(std::string_view text, std::size_t from) {
  constexpr std::size_t kLongest = 512;
  const std::size_t most = std::min(text.size(), from + kLongest);
  for (std::size_t i = from + 1; i < most && !is_break(text[i]); ++i) {
    if (text[i] != '}') continue;
    if (i + 1 < text.size() && text[i + 1] == '}') {
      ++i;
    } else {
      return i + 1;
    }
  }
  return from;
}

/// A password may hold blanks, commas and ampersands where only a semicolon ends it.
std::size_t password_end(std::string_view text, const Pair& pair, Ends& ends) {
  std::size_t narrow = ends.narrow(pair.value);
  // A shell's backslash takes the meaning from a sign.
  for (int more = 8; more > 0 && narrow > pair.value && narrow < text.size() && text[narrow - 1] == '\\' &&
                     !is_break(text[narrow]);
       --more) {
    narrow = ends.narrow(narrow + 1);
  }
  if (pair.divider != '=') return narrow;
  if (text[pair.value] == '{') {
    if (const std::size_t end = braced_end(text, pair.value); end > pair.value + 2) return end;
  }
  const std::size_t begin = pair.name_begin;
  const bool behind = begin > 0 && (text[begin - 1] == ';' || (begin > 1 && text[begin - 2] == ';'));
  const std::size_t wide = ends.wide(pair.value);
  const bool before = wide < text.size() && text[wide] == ';' && wide - pair.value <= kContext;
  return behind || before ? wide : narrow;
}

std::size_t value_end(std::string_view text, const Pair& pair, SecretName kind, Ends& ends) {
  if (pair.quote != 0) return quoted_end(text, pair.value, pair.quote);
  if (pair.divider == '>') return ends.element(pair.value);
  if (kind == SecretName::password) return password_end(text, pair, ends);
  return ends.value(pair.value);
}

/// `Password: must have 8 characters` is a sentence, `password: hunter2` is not.
bool is_sentence(std::string_view text, const Pair& pair, std::size_t end) {
  if (pair.quote != 0 || pair.divider == '=' || pair.divider == '>') return false;
  if (looks_random(text.substr(pair.value, std::min(end - pair.value, kJudged)))) return false;
  const std::size_t next = skip_blanks(text, end);
  return next < text.size() && next > end && !is_break(text[next]);
}

bool in_query(std::string_view text, const Pair& pair) {
  return pair.divider == '=' && pair.name_begin > 0 &&
         (text[pair.name_begin - 1] == '?' || text[pair.name_begin - 1] == '&');
}

/// `name:password` in base64.
bool is_login(std::string_view value) {
  while (!value.empty() && value.back() == '=') value.remove_suffix(1);
  const auto plain = base64_decode(value);
  if (!plain || plain->size() < 3) return false;
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  return plain->find(':') != std::string::npos && std::none_of(plain->begin(), plain->end(), is_odd);
}

bool is_secret_value(std::string_view text, const Pair& pair, SecretName kind, std::size_t end) {
  const std::string_view value = text.substr(pair.value, std::min(end - pair.value, kJudged));
  if (is_placeholder(value)) return false;
  if (pair.divider == ':' && pair.quote == 0 && value[0] == '{') return false;  // more names
  switch (kind) {
    case SecretName::password:
      if (pair.divider == '>' && text.substr(end, 2) != "</") return false;
      // The shell's own PWD is a folder.
      if (value[0] == '/' && (pair.name == "PWD" || pair.name == "OLDPWD")) return false;
      return !is_sentence(text, pair, end);
    case SecretName::key:
      return value.size() >= 16 && looks_random(value) && !text::contains(value, "://");
    case SecretName::token:
      return value.size() >= 6 && !value.starts_with("http") && !is_sentence(text, pair, end) &&
             (pair.quote != 0 || pair.divider != ':' || looks_random(value));
    case SecretName::login:
      return value.size() >= 8 && is_login(value);
    case SecretName::signature:
      return value.size() >= 16;
    case SecretName::code:
      return in_query(text, pair) && value.size() >= 20 && looks_random(value);
    default:
      return false;
  }
}

/// The end of a header's value: the line's, or the quote's that stands before the name (`-H "Cookie: a=b"`).
std::size_t header_end(std::string_view text, const Pair& pair, Ends& ends) {
  if (pair.quote != 0) return quoted_end(text, pair.value, pair.quote);
  const std::size_t begin = pair.name_begin;
  const bool quoted = begin > 0 && is_quote(text[begin - 1]) && (begin == 1 || text[begin - 2] != '\\');
  return quoted ? quoted_end(text, pair.value, text[begin - 1]) : ends.line(pair.value);
}

void add_authorization(std::string_view text, const Pair& pair, std::size_t end,
                       std::vector<SecretSpan>& out) {
  constexpr std::array<std::string_view, 11> kSchemes = {
      "bearer",    "basic",         "digest", "negotiate",       "ntlm", "pop", "apikey",
      "sharedkey", "sharedkeylite", "token",  "aws4-hmac-sha256"};
  std::size_t begin = pair.value;
  const std::string_view start = text.substr(begin, std::min(end - begin, kJudged));
  const std::size_t word = std::min(start.find_first_of(" \t\r\n\"',"), start.size());
  const std::string scheme = text::lower(start.substr(0, word));
  if (scheme == "sharedaccesssignature") return;  // its signature is found by name, the rest is worth seeing
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end())
    begin = skip_blanks(text, begin + word);
  if (begin >= end) return;
  const std::string_view value = text.substr(begin, std::min(end - begin, kJudged));
  const std::string_view first = value.substr(0, value.find_first_of(" ,"));
  // A challenge names a server under this name.
  if (text::contains(value, "://") || is_placeholder(value) || first.size() < 8 ||
      (scheme != "digest" && !looks_random(first)))
    return;
  out.push_back({begin, end, "authorization"});
}

/// `a=1; b=2`: each value on its own. Of Set-Cookie only the first pair is the cookie.
void add_cookies(std::string_view text, const Pair& pair, std::size_t end, bool only_first,
                 std::vector<SecretSpan>& out) {
  for (std::size_t at = pair.value; at < end;) {
    const std::string_view rest = text.substr(at, end - at);
    const std::string_view one = rest.substr(0, rest.find(';'));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos) {
      const std::string_view name = text::trim(one.substr(0, equals));
      const std::string_view value = one.substr(equals + 1);
      const bool plain = !name.empty() && name.find_first_of(" \t") == std::string_view::npos;
      if (plain && is_secret_cookie(name) && !is_placeholder(value)) {
        out.push_back({at + equals + 1, at + one.size(), "cookie"});
      }
    }
    if (only_first) return;
    at += one.size() + 1;
  }
}

std::string_view form_name(SecretName kind) {
  switch (kind) {
    case SecretName::password:
      return "password";
    case SecretName::signature:
      return "SAS signature";
    case SecretName::token:
      return "token";
    default:
      return "key";
  }
}

/// Adds what the pair holds and returns where to go on.
std::size_t add_pair(std::string_view text, const Pair& pair, SecretName kind, Ends& ends,
                     std::vector<SecretSpan>& out) {
  if (kind == SecretName::authorization || kind == SecretName::cookie || kind == SecretName::set_cookie) {
    if (pair.divider == ' ') return pair.value;
    const std::size_t end = header_end(text, pair, ends);
    if (kind == SecretName::authorization) {
      add_authorization(text, pair, end, out);
      return pair.value;  // a SharedAccessSignature has names and values of its own
    }
    add_cookies(text, pair, end, kind == SecretName::set_cookie, out);
    // What stands behind the one pair is none of it, and may hold another header.
    return kind == SecretName::set_cookie ? std::min(end, ends.part(pair.value)) : end;
  }
  const std::size_t end = value_end(text, pair, kind, ends);
  if (end <= pair.value || !is_secret_value(text, pair, kind, end)) return pair.value;
  out.push_back({pair.value, end, form_name(kind)});
  return end;
}

/// `"name": "DB_PASSWORD", "value": "..."`, as app settings, containers' environments and web.config write
/// it: the name of the one is what the other is judged by.
class NamedValue {
 public:
  void forget() { kind_ = SecretName::none; }

  /// What the name at hand says of its value, which `name` and `key` say of the next `value`.
  SecretName kind_of(std::string_view text, Pair pair, std::size_t end, Ends& ends) {
    constexpr std::size_t kFar = 300;
    if (text::equal_ignoring_case(pair.name, "value") && kind_ != SecretName::none) {
      const SecretName kind = pair.name_begin - at_ <= kFar ? kind_ : SecretName::none;
      forget();
      return kind;
    }
    if (text::equal_ignoring_case(pair.name, "name") || text::equal_ignoring_case(pair.name, "key")) {
      const std::size_t name_begin = pair.name_begin;
      if (find_value(text, end, false, pair) && pair.divider != '>') {
        const std::string_view near = text.substr(0, pair.value + kJudged);
        const std::size_t stop =
            pair.quote != 0 ? quoted_end(near, pair.value, pair.quote) : ends.value(pair.value);
        const SecretName kind = classify_name(near.substr(pair.value, stop - pair.value));
        const bool simple =
            kind == SecretName::password || kind == SecretName::token || kind == SecretName::key;
        kind_ = simple ? kind : SecretName::none;
        at_ = name_begin;
      }
    }
    return classify_name(pair.name);
  }

 private:
  SecretName kind_ = SecretName::none;
  std::size_t at_ = 0;
};

}  // namespace

bool looks_random(std::string_view value) {
  bool digit = false;
  bool lower = false;
  bool inner_upper = false;
  bool sign = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    digit = digit || (c >= '0' && c <= '9');
    lower = lower || (c >= 'a' && c <= 'z');
    inner_upper = inner_upper || (i > 0 && c >= 'A' && c <= 'Z');
    sign = sign || (c != '.' && c != ',' && c != '-' && c != '_' && !is_name_char(c));
  }
  return (digit && (lower || inner_upper || sign)) || (lower && inner_upper) ||
         (digit && value.size() >= 8) || sign;
}

bool is_placeholder(std::string_view value) {
  constexpr std::array<std::string_view, 11> kStarts = {
      "***", "<", "${", "$(", "{{", "@Microsoft.KeyVault", "...", "[", "$env:", "{0}", "@FILE"};
  // What programs say of a secret instead of it: "(using password: YES)".
  constexpr auto kWords = std::to_array<std::string_view>(
      {"null",    "none",    "true",      "false", "nil",     "undefined", "redacted", "hidden",
       "yes",     "no",      "on",        "off",   "enabled", "disabled",  "required", "empty",
       "missing", "invalid", "incorrect", "wrong", "expired", "unknown"});
  value = text::trim(value);
  if (value.empty()) return true;
  if (std::any_of(kStarts.begin(), kStarts.end(),
                  [&](std::string_view start) { return value.starts_with(start); })) {
    return true;
  }
  while (!value.empty() && std::string_view(").,;]}").find(value.back()) != std::string_view::npos)
    value.remove_suffix(1);
  return value.size() <= 10 && std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
           return text::equal_ignoring_case(value, word);
         });
}

void scan_pairs(std::string_view text, std::vector<SecretSpan>& out) {
  Ends ends(text);
  NamedValue named;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_name_char(text[i])) {
      if (text[i] == '}') named.forget();
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_name_char(text[end])) ++end;
    std::size_t begin = i;
    while (begin < end && text[begin] == '-') ++begin;
    const bool option = begin > i && (i == 0 || is_blank(text[i - 1]) || is_break(text[i - 1]));
    Pair pair;
    pair.name = text.substr(begin, end - begin);
    pair.name_begin = begin;
    const SecretName kind = named.kind_of(text, pair, end, ends);
    const bool found = kind != SecretName::none && find_value(text, end, option, pair);
    i = found ? std::max(end, add_pair(text, pair, kind, ends, out)) : end;
    while (found && next_of_list(text, i, pair)) i = std::max(i + 1, add_pair(text, pair, kind, ends, out));
  }
}

}  // namespace aztriage::decode
