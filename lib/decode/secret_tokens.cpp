#include "base/text.h"
#include "decode/encoding.h"
#include "decode/secret_scan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::decode {
namespace {

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_url_base64(char c) {
  return is_alnum(c) || c == '-' || c == '_';
}
bool is_word(char c) {
  return is_url_base64(c) || c == '+' || c == '/' || c == '~' || c == '.';
}

std::size_t run_end(std::string_view text, std::size_t from, bool (*belongs)(char)) {
  while (from < text.size() && belongs(text[from])) ++from;
  return from;
}

/// The end of `eyJ....eyJ....sig`, or `from` when it is no token. The signature may be empty or cut off; a
/// dot at the end is the sentence's.
std::size_t jwt_end(std::string_view text, std::size_t from) {
  std::size_t end = from;
  for (int part = 0; part < 5; ++part) {
    const std::size_t stop = run_end(text, end, is_url_base64);
    if (part < 2 && stop - end < 10) return from;
    end = stop;
    if (end >= text.size() || text[end] != '.') return part == 0 ? from : end;
    if (part == 4) return end;
    if (end + 1 >= text.size() || !is_url_base64(text[end + 1])) return part == 0 ? from : end;
    ++end;
  }
  return end;
}

/// Marks that Azure puts into the keys it makes, so that they can be found where they should not be: behind
/// 33, 42, 44, 52 or 76 random signs, 6 or more before the end.
bool has_azure_mark(std::string_view word) {
  constexpr auto kMarks =
      std::to_array<std::string_view>({"AzFu", "AzCa", "AzSe", "+ASt", "+ASb", "+AEh", "+ACR", "ACDb", "AIoT",
                                       "+ABa", "+ARm", "APIM", "+AMC", "AZEG", "JQQJ9"});
  constexpr std::size_t kBefore = 33;
  constexpr std::size_t kBehind = 6;
  if (word.size() < 40 || word.size() > 100) return false;
  return std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
    const std::size_t at = word.find(mark, kBefore);
    return at != std::string_view::npos && word.size() - at - mark.size() >= kBehind;
  });
}

/// 64 bytes in base64, as keys of storage accounts and Cosmos DB, or 40, as those of functions; not the
/// SHA-512 of a web page's script.
bool is_account_key(std::string_view text, std::size_t begin, std::size_t end) {
  if ((end - begin != 88 && end - begin != 56) || text.substr(end - 2, 2) != "==") return false;
  if (!looks_random(text.substr(begin, end - 2 - begin))) return false;
  const std::string before =
      text::lower(text.substr(begin > 10 ? begin - 10 : 0, std::min<std::size_t>(begin, 10)));
  return !text::contains(before, "sha512") && !text::contains(before, "sha-512");
}

/// Client secrets of Entra ID: `abc8Q~` and 31 to 34 more.
bool is_client_secret(std::string_view word) {
  if (word.size() < 37 || word.size() > 44) return false;
  const std::size_t at = word.find("Q~");
  return at != std::string_view::npos && at >= 3 && at <= 5 && word[at - 1] >= '0' && word[at - 1] <= '9';
}

bool is_service_token(std::string_view word) {
  constexpr auto kStarts = std::to_array<std::string_view>(
      {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "npm_", "hvs.",
       // an NTLM answer, which passwords can be guessed from
       "TlRMTVNTUAAD"});
  if (word.size() < 24) return false;
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view start) { return word.starts_with(start); });
}

template <class Belongs>
bool consists_of(std::string_view word, Belongs belongs) {
  return std::all_of(word.begin(), word.end(), belongs);
}

/// 52 signs of base32, as Azure DevOps made them, and those of Databricks.
bool is_access_token(std::string_view word) {
  const auto is_base32 = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); };
  const auto is_hex = [](char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == '-'; };
  if (word.size() == 52 && consists_of(word, is_base32)) return looks_random(word);
  return word.starts_with("dapi") && word.size() >= 36 && word.size() <= 38 &&
         consists_of(word.substr(4), is_hex);
}

/// Refresh tokens and codes of Entra ID begin with a version. They are long, but a text may have been cut.
bool is_entra_token(std::string_view word) {
  constexpr std::size_t kLeast = 60;
  return word.size() >= kLeast && (word.starts_with("0.A") || word.starts_with("1.A")) && looks_random(word);
}

/// The word with its padding; trailing dots of a sentence are not part of it.
void add_word(std::string_view text, std::size_t begin, std::size_t end, std::vector<SecretSpan>& out) {
  while (end > begin && text[end - 1] == '.') --end;
  const std::string_view word = text.substr(begin, end - begin);
  std::size_t padded = end;
  while (padded < text.size() && padded < end + 2 && text[padded] == '=') ++padded;
  if (has_azure_mark(word) && looks_random(word)) {
    out.push_back({begin, padded, "key"});
  } else if (is_account_key(text, begin, padded)) {
    out.push_back({begin, padded, "account key"});
  } else if (is_client_secret(word)) {
    out.push_back({begin, end, "client secret"});
  } else if (is_service_token(word) || is_access_token(word) || is_entra_token(word)) {
    out.push_back({begin, end, "token"});
  }
}

/// A scheme's name and what it needs of the word behind it.
struct Scheme {
  std::string_view name;
  std::size_t least;
};

bool is_basic_login(std::string_view word) {
  const auto plain = base64_decode(word);
  return plain && plain->find(':') != std::string::npos &&
         text::first_invalid_utf8(*plain) == std::string::npos;
}

/// `Bearer` and a token, `Basic` and a login, wherever they stand. A challenge (`Bearer realm="..."`) has
/// names and values instead.
void scan_scheme(std::string_view text, const Scheme& scheme, std::vector<SecretSpan>& out) {
  for (std::size_t at = 0; (at = text.find(scheme.name, at)) != std::string_view::npos;) {
    at += scheme.name.size();
    const std::size_t end = run_end(text, at, is_word);
    const std::string_view token = text.substr(at, end - at);
    const bool named = end < text.size() && text[end] == '=' && end + 1 < text.size() &&
                       (text[end + 1] == '"' || is_alnum(text[end + 1]));
    const bool basic = scheme.name == "asic ";
    if (token.size() >= scheme.least && !named && (basic ? is_basic_login(token) : looks_random(token))) {
      std::size_t padded = end;
      while (padded < text.size() && text[padded] == '=') ++padded;
      out.push_back({at, padded, "token"});
    }
    at = std::max(at, end);
  }
}

/// `SharedKey account:signature`.
void scan_shared_keys(std::string_view text, std::vector<SecretSpan>& out) {
  for (const std::string_view name : {"SharedKey ", "SharedKeyLite "}) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos;) {
      at += name.size();
      const std::size_t colon = run_end(text, at, is_alnum);
      if (colon >= text.size() || text[colon] != ':') continue;
      std::size_t end = run_end(text, colon + 1, is_word);
      if (end - colon < 40) continue;
      while (end < text.size() && text[end] == '=') ++end;
      out.push_back({colon + 1, end, "signature"});
      at = end;
    }
  }
}

/// A port, or nothing: what stands behind the colon of a host.
bool is_port(std::string_view text) {
  return text.size() <= 5 && consists_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Where the login of a URL may end. A password with a raw slash is none by the rules, but people write them;
/// it is told from `host:8080/path@x` by what stands behind the colon.
std::size_t login_end(std::string_view text, std::size_t begin) {
  constexpr std::string_view kBreaks = " \t\r\n\"'<>";
  const std::string_view rest = text.substr(begin, std::min(text.find("://", begin), text.size()) - begin);
  const std::size_t strict = std::min(rest.find_first_of(" \t\r\n\"'<>/?#;,"), rest.size());
  const std::string_view host = rest.substr(0, strict);
  const std::size_t colon = host.find(':');
  const bool login = colon != std::string_view::npos && host.find('@') == std::string_view::npos &&
                     !host.starts_with('[') && (colon == 0 || !is_port(host.substr(colon + 1)));
  return begin + (login ? std::min(rest.find_first_of(kBreaks), rest.size()) : strict);
}

/// `user:password@` behind `://`. Keys in URLs of databases and brokers often have raw slashes.
void add_url_login(std::string_view text, std::size_t scheme_end, std::vector<SecretSpan>& out) {
  const std::size_t begin = scheme_end + 3;
  const std::size_t end = login_end(text, begin);
  const std::size_t at = text.substr(begin, end - begin).rfind('@');
  if (at == std::string_view::npos) return;
  const std::string_view login = text.substr(begin, at);
  const std::size_t colon = login.find(':');
  if (colon == std::string_view::npos) {
    if (login.size() >= 20 && looks_random(login)) out.push_back({begin, begin + at, "token"});
  } else if (!is_placeholder(login.substr(colon + 1))) {
    out.push_back({begin + colon + 1, begin + at, "password"});
  }
}

/// The rest of a key whose first line was not copied.
void scan_key_ends(std::string_view text, std::vector<SecretSpan>& out) {
  constexpr std::string_view kEnd = "-----END ";
  constexpr std::size_t kLeast = 24;
  constexpr std::size_t kLeastLine = 20;  // a shorter one is no line of a key, but the last
  for (std::size_t at = 0, last = 0; (at = text.find(kEnd, at)) != std::string_view::npos;
       at += kEnd.size()) {
    const std::size_t from = std::exchange(last, at + kEnd.size());
    const std::string_view title = text.substr(at + kEnd.size(), 40);
    if (title.find("PRIVATE KEY-----") == std::string_view::npos) continue;
    std::size_t begin = at;
    const auto belongs = [](char c) { return is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '\r'; };
    while (begin > from) {
      std::size_t line = begin - 1;  // over the end of the line before
      while (line > from && belongs(text[line - 1])) --line;
      const bool whole = line == from || text[line - 1] == '\n';
      if (begin - line < kLeastLine && begin != at) break;
      begin = line;
      if (!whole) break;
    }
    if (at - begin >= kLeast) out.push_back({begin, at, "private key"});
  }
}

}  // namespace

void scan_tokens(std::string_view text, std::vector<SecretSpan>& out) {
  for (std::size_t at = 0; (at = text.find("eyJ", at)) != std::string_view::npos;) {
    const bool begins = at == 0 || !is_url_base64(text[at - 1]);
    const std::size_t end = begins ? jwt_end(text, at) : at;
    if (end > at) out.push_back({at, end, "JSON Web Token"});
    at = end > at ? end : run_end(text, at, is_url_base64);
  }
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word(text[i])) {
      ++i;
      continue;
    }
    const std::size_t end = run_end(text, i, is_word);
    if (end - i >= 24) add_word(text, i, end, out);
    i = end;
  }
  for (const Scheme& scheme :
       {Scheme{"earer ", 20}, {"EARER ", 20}, {"asic ", 8}, {"egotiate ", 60}, {"NTLM ", 60}}) {
    scan_scheme(text, scheme, out);
  }
  scan_shared_keys(text, out);
}

void scan_private_keys(std::string_view text, std::vector<SecretSpan>& out) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kKind = "PRIVATE KEY";
  for (std::size_t at = 0; (at = text.find(kBegin, at)) != std::string_view::npos;) {
    at += kBegin.size();
    const std::string_view title = text.substr(at, 40);
    const std::size_t kind = title.find(kKind);
    const std::size_t dashes = title.find("-----");
    if (kind == std::string_view::npos || dashes == std::string_view::npos || kind > dashes) continue;
    const std::size_t body = at + dashes + 5;
    const std::size_t end = std::min(text.find("-----END", body), text.size());
    if (!is_placeholder(text.substr(body, end - body))) out.push_back({body, end, "private key"});
    at = end;
  }
  scan_key_ends(text, out);
}

void scan_logins(std::string_view text, std::vector<SecretSpan>& out) {
  for (std::size_t at = 0; (at = text.find("://", at)) != std::string_view::npos; at += 3) {
    add_url_login(text, at, out);
  }
}

}  // namespace aztriage::decode
