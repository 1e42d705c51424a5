#include "base/text.h"
#include "decode/secret_scan.h"

#include <algorithm>
#include <array>

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

/// Marks that Azure puts into the keys it makes, so that they can be found where they should not be.
bool has_azure_mark(std::string_view word) {
  constexpr std::array<std::string_view, 11> kMarks = {"AzFu", "AzCa", "AzSe", "+ASt", "+ASb", "+AEh",
                                                       "+ACR", "ACDb", "AIoT", "+ABa", "+ARm"};
  if (word.size() < 40 || word.size() > 100) return false;
  return std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
    const std::size_t at = word.find(mark);
    return at != std::string_view::npos && at >= 20;
  });
}

/// 64 bytes in base64, as keys of storage accounts and Cosmos DB; not the SHA-512 of a web page's script.
bool is_account_key(std::string_view text, std::size_t begin, std::size_t end) {
  if (end - begin != 88 || text.substr(end - 2, 2) != "==") return false;
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
  constexpr std::array<std::string_view, 8> kStarts = {"ghp_",        "gho_",   "ghu_",  "ghs_",
                                                       "github_pat_", "glpat-", "xoxb-", "xoxp-"};
  if (word.size() < 24) return false;
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view start) { return word.starts_with(start); });
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
  } else if (is_service_token(word)) {
    out.push_back({begin, end, "token"});
  }
}

/// `Bearer` and a token, wherever it stands. A challenge (`Bearer realm="..."`) has names and values instead.
void scan_bearers(std::string_view text, std::vector<SecretSpan>& out) {
  for (std::size_t at = 0; (at = text.find("earer ", at)) != std::string_view::npos;) {
    at += 6;
    const std::size_t end = run_end(text, at, is_word);
    const std::string_view token = text.substr(at, end - at);
    const bool named = end < text.size() && text[end] == '=' && end + 1 < text.size() &&
                       (text[end + 1] == '"' || is_alnum(text[end + 1]));
    if (token.size() >= 20 && looks_random(token) && !named) {
      std::size_t padded = end;
      while (padded < text.size() && text[padded] == '=') ++padded;
      out.push_back({at, padded, "token"});
    }
    at = std::max(at, end);
  }
}

/// `user:password@` behind `://`. Keys in URLs of databases and brokers often have raw slashes.
void add_url_login(std::string_view text, std::size_t scheme_end, std::vector<SecretSpan>& out) {
  constexpr std::array<std::string_view, 6> kRaw = {"mongodb", "mongodb+srv", "redis",
                                                    "rediss",  "amqp",        "amqps"};
  std::size_t scheme = scheme_end;
  while (scheme > 0 && scheme_end - scheme < 12 && (is_alnum(text[scheme - 1]) || text[scheme - 1] == '+'))
    --scheme;
  const std::string name = text::lower(text.substr(scheme, scheme_end - scheme));
  const bool raw = std::find(kRaw.begin(), kRaw.end(), name) != kRaw.end();
  const std::size_t begin = scheme_end + 3;
  const std::string_view rest = text.substr(begin, std::min(text.find("://", begin), text.size()) - begin);
  const std::size_t end =
      begin + std::min(rest.find_first_of(raw ? " \t\r\n\"'<>" : " \t\r\n\"'<>/?#"), rest.size());
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

/// `curl -u name:password`.
void scan_curl_logins(std::string_view text, std::vector<SecretSpan>& out) {
  for (const std::string_view option : {" -u ", " --user ", " --proxy-user "}) {
    for (std::size_t at = 0; (at = text.find(option, at)) != std::string_view::npos;) {
      at += option.size();
      std::size_t begin = at;
      const bool quoted = begin < text.size() && (text[begin] == '"' || text[begin] == '\'');
      if (quoted) ++begin;
      const std::size_t end = std::min(
          text.find_first_of(quoted ? std::string_view("\"'\r\n") : std::string_view(" \t\r\n"), begin),
          text.size());
      const std::string_view login = text.substr(begin, end - begin);
      const std::size_t colon = login.find(':');
      const bool url = login.find("://") != std::string_view::npos;
      if (colon != std::string_view::npos && colon > 0 && !url && !is_placeholder(login.substr(colon + 1))) {
        out.push_back({begin + colon + 1, end, "password"});
      }
    }
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
  scan_bearers(text, out);
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
}

void scan_logins(std::string_view text, std::vector<SecretSpan>& out) {
  for (std::size_t at = 0; (at = text.find("://", at)) != std::string_view::npos; at += 3) {
    add_url_login(text, at, out);
  }
  if (text.find("curl") != std::string_view::npos) scan_curl_logins(text, out);
}

}  // namespace aztriage::decode
