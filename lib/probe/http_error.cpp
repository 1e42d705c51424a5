#include "probe/http_error.h"

#include "base/text.h"
#include "fact/address.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

constexpr std::size_t kLongestDetail = 1000;
constexpr std::size_t kLongestTitle = 300;

std::string fact_text(const fact::Facts& facts, std::string_view name) {
  const auto found = facts.find(name);
  return found == facts.end() ? std::string() : fact::to_text(found->second);
}

std::string first_of(const fact::Facts& facts, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (std::string text = fact_text(facts, name); !text.empty()) return text;
  return {};
}

std::string unescape(std::string_view s) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kEntities = {{
      {"&amp;", "&"},
      {"&lt;", "<"},
      {"&gt;", ">"},
      {"&quot;", "\""},
      {"&#39;", "'"},
      {"&apos;", "'"},
      {"&nbsp;", " "},
      {"&#x27;", "'"},
  }};
  std::string out;
  for (std::size_t i = 0; i < s.size();) {
    const auto entity =
        std::ranges::find_if(kEntities, [&](const auto& e) { return s.substr(i).starts_with(e.first); });
    if (entity != kEntities.end()) {
      out += entity->second;
      i += entity->first.size();
    } else {
      out += s[i++];
    }
  }
  return out;
}

/// White space of any length as one space, none at the ends.
std::string squeeze(std::string_view s) {
  std::string out;
  for (const char c : s) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

/// The text of the first `<name>...</name>`.
std::string element(std::string_view body, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const std::size_t begin = body.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t from = begin + open.size();
  const std::size_t end = body.find('<', from);
  return end == std::string_view::npos ? std::string() : squeeze(unescape(body.substr(from, end - from)));
}

constexpr std::string_view kAadsts = "AADSTS";

/// The length of the code that stands at the beginning; 0 when there is none.
std::size_t aadsts_length(std::string_view text) {
  if (!text.starts_with(kAadsts)) return 0;
  std::size_t end = kAadsts.size();
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - kAadsts.size() < 4 || end > 20 ? 0 : end;
}

/// `AADSTS50011: The redirect URI ...`: code and words up to the end of the line or tag.
HttpError find_aadsts(std::string_view body) {
  for (std::size_t at = body.find(kAadsts); at != std::string_view::npos; at = body.find(kAadsts, at + 1)) {
    const std::size_t length = aadsts_length(body.substr(at));
    if (length == 0) continue;
    HttpError error{std::string(body.substr(at, length)), {}};
    const std::size_t end = at + length;
    if (end < body.size() && body[end] == ':') {
      const std::string_view rest = body.substr(end + 1);
      error.detail = squeeze(unescape(rest.substr(0, rest.find_first_of("<\"\\\r\n"))));
    }
    return error;
  }
  return {};
}

bool looks_like_xml(std::string_view body) {
  body = text::trim(body);
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  return body.starts_with("<?xml") || body.starts_with("<Error");
}

HttpError in_body(std::string_view body, const fact::Facts& facts) {
  if (HttpError error = find_aadsts(body); !error.code.empty()) return error;
  if (looks_like_xml(body)) {
    HttpError error{element(body, "Code"), element(body, "AuthenticationErrorDetail")};
    if (error.code.empty()) error.code = element(body, "code");
    if (error.detail.empty()) error.detail = element(body, "Message");
    if (error.detail.empty()) error.detail = element(body, "Detail");
    return error;
  }
  return {
      first_of(facts, {"json.error.code", "json.odata.error.code", "json.error.innererror.code", "json.Code",
                       "json.code", "json.errorCode", "json.error", "json.errors.0.code", "json.statusCode"}),
      first_of(facts, {"json.error.message", "json.odata.error.message.value", "json.error_description",
                       "json.Message", "json.message", "json.errors.0.message", "json.detail"})};
}

}  // namespace

HttpError find_error(std::string_view code_header, std::string_view body, const fact::Facts& facts) {
  HttpError error = in_body(body, facts);
  if (!code_header.empty()) error.code = std::string(code_header);
  if (error.code.size() > kLongestDetail) error.code.resize(kLongestDetail);
  if (error.detail.size() > kLongestDetail) error.detail.resize(kLongestDetail);
  return {text::to_utf8(error.code), text::to_utf8(error.detail)};
}

std::vector<std::string> find_aadsts_codes(std::string_view text) {
  constexpr std::size_t kMostCodes = 20;
  std::vector<std::string> codes;
  for (std::size_t at = text.find(kAadsts); at != std::string_view::npos && codes.size() < kMostCodes;
       at = text.find(kAadsts, at + 1)) {
    const std::string code(text.substr(at, aadsts_length(text.substr(at))));
    if (!code.empty() && std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
  }
  return codes;
}

std::string address_in(std::string_view text) {
  constexpr std::string_view kSigns = "0123456789abcdefABCDEF.:";
  text = text.substr(0, 4096);
  for (std::size_t at = text.find_first_of(kSigns); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_not_of(kSigns, at), text.size());
    std::string_view word = text.substr(at, end - at);
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
    const bool whole = at == 0 || !((text[at - 1] >= 'g' && text[at - 1] <= 'z') ||
                                    (text[at - 1] >= 'G' && text[at - 1] <= 'Z') || text[at - 1] == '-');
    if (whole && word.find_first_of(".:") != std::string_view::npos)
      if (fact::parse_address(word)) return std::string(word);
    at = text.find_first_of(kSigns, end);
  }
  return {};
}

std::string find_title(std::string_view body) {
  const std::string lower = text::lower(body);
  const std::size_t open = lower.find("<title");
  if (open == std::string::npos) return {};
  const std::size_t begin = lower.find('>', open);
  if (begin == std::string::npos) return {};
  const std::size_t end = lower.find("</title", begin);
  if (end == std::string::npos) return {};
  std::string title = squeeze(unescape(body.substr(begin + 1, end - begin - 1)));
  if (title.size() > kLongestTitle) title.resize(kLongestTitle);
  return text::to_utf8(title);
}

}  // namespace aztriage::probe
