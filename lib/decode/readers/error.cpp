#include "base/text.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <array>

#include <re2/re2.h>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostFound = 100;

/// One expression, compiled once; it is ours, so it compiles.
class Pattern {
 public:
  explicit Pattern(const char* expression) : expression_(expression) {}
  std::vector<std::string> all(std::string_view text) const {
    std::vector<std::string> found;
    re2::StringPiece rest(text.data(), text.size());
    std::string one;
    while (found.size() < kMostFound && RE2::FindAndConsume(&rest, expression_, &one)) {
      if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(one);
    }
    return found;
  }
  std::string first(std::string_view text) const {
    std::string one;
    RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression_, &one);
    return one;
  }

 private:
  RE2 expression_;
};

struct Patterns {
  Pattern aadsts{R"(\b(AADSTS\d{4,7})\b)"};
  Pattern hresult{R"(\b(0x[8C][0-9A-Fa-f]{7})\b)"};
  Pattern header_code{R"((?i)x-ms-error-code['"]?\s*[:=]\s*['"]?([A-Za-z][A-Za-z0-9]{2,60}))"};
  Pattern xml_code{R"(<Code>([A-Za-z0-9.]{2,80})</Code>)"};
  Pattern json_code{R"re("(?:code|errorCode|error)"\s*:\s*"([A-Za-z][A-Za-z0-9._]{2,80})")re"};
  Pattern az_code{R"((?m)^(?:ERROR:\s*)?\(([A-Z][A-Za-z0-9]{2,80})\)\s)"};
  Pattern label_code{
      R"((?im)\b(?:error ?code|status ?code|code)\s*[:=]\s*['"]?([A-Z][A-Za-z]{3,80}[0-9]*)\b)"};
  Pattern json_message{R"re("(?:message|error_description)"\s*:\s*"((?:[^"\\]|\\.){1,500}))re"};
  Pattern xml_message{R"(<Message>([^<]{1,500}))"};
  Pattern az_message{R"((?m)^(?:ERROR:\s*)?\([A-Z][A-Za-z0-9]{2,80}\)\s+(.{1,500})$)"};
  Pattern http_line{R"((?i)\bHTTP/[0-9.]+\s+([1-5]\d\d)\b)"};
  Pattern status_label{
      R"re((?i)\b(?:http[ -]?)?status(?:[ -]?code)?["']?\s*(?:[:=]|is|of|was)?\s*["']?([1-5]\d\d)\b)re"};
  Pattern status_words{
      R"((?i)\b([1-5]\d\d)\s*[-:(]?\s*(?:bad gateway|service unavailable|gateway time-?out|internal server error|forbidden|unauthorized|not found|bad request|too many requests|conflict|moved|found\b|ok\b))"};
  Pattern status_remote{R"((?i)remote server returned an error:\s*\(([1-5]\d\d)\))"};
  Pattern status_error{R"((?i)\berror\s+([45]\d\d)\b)"};
  Pattern sql{R"((?i)(?:\bMsg|\bError(?: Number)?|\bSQL error)\s*[:#]?\s*(\d{3,5})\b)"};
  Pattern ipv4{R"((?:^|[^0-9.])((?:\d{1,3}\.){3}\d{1,3})(?:$|[^0-9.]|\.(?:\s|$)))"};
  Pattern ipv6{R"((?i)(?:^|[^0-9a-f:])((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4})(?:$|[^0-9a-f:]))"};
  Pattern url{R"((?i)\b(https?://[^\s"'<>\\)\]]{4,500}))"};
  Pattern host{
      R"((?i)\b((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){1,10}(?:com|net|org|io|us|cn|de|info|ms|cloud|dev|app|local|internal|corp))\b)"};
  Pattern guid{R"((?i)\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b)"};
  Pattern resource{R"((?i)(/subscriptions/[0-9a-f-]{36}(?:/[^\s"'<>,;)]{1,400})?))"};
  Pattern correlation{R"((?i)correlation[ _-]?id['"]?\s*[:=]\s*['"]?([0-9a-f-]{36}))"};
  Pattern trace{R"((?i)trace[ _-]?id['"]?\s*[:=]\s*['"]?([0-9a-f-]{32,36}))"};
  Pattern request{R"((?i)(?:x-ms-)?request[ _-]?id['"]?\s*[:=]\s*['"]?([0-9a-f-]{36}))"};
  Pattern azure_ref{
      R"((?i)(?:x-azure-ref|azure ref(?:erence)?|ref(?:erence)? id)['"]?\s*[:=#]?\s*['"]?([0-9]{8}T[0-9]{6}Z-[0-9A-Za-z]{6,60}|0[0-9A-Za-z+/]{40,120}={0,2}))"};
  Pattern timestamp{
      R"(\b(20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:?\d\d)?))"};
};

const Patterns& patterns() {
  static const Patterns kPatterns;
  return kPatterns;
}

std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> out;
  for (const Pattern* pattern : {&patterns().ipv4, &patterns().ipv6}) {
    for (const std::string& one : pattern->all(text)) {
      if (fact::parse_address(one)) out.push_back(one);
    }
  }
  return out;
}

std::string first_of(std::initializer_list<const Pattern*> list, std::string_view text) {
  for (const Pattern* pattern : list) {
    if (std::string found = pattern->first(text); !found.empty()) return found;
  }
  return {};
}

void add_codes(std::string_view text, fact::Facts& facts, bool& any) {
  const Patterns& p = patterns();
  std::vector<std::string> codes;
  for (const Pattern* pattern :
       {&p.aadsts, &p.header_code, &p.xml_code, &p.json_code, &p.az_code, &p.hresult, &p.label_code}) {
    for (const std::string& one : pattern->all(text)) {
      if (codes.size() < kMostFound && std::find(codes.begin(), codes.end(), one) == codes.end())
        codes.push_back(one);
    }
  }
  any = any || !codes.empty();
  facts["codes"] = Value::list_of(Kind::text, codes);
  if (!codes.empty()) put_text(facts, "code", codes.front());
  put_text(facts, "aadsts", p.aadsts.first(text));
  put_text(facts, "hresult", text::lower(p.hresult.first(text)));
  put_text(facts, "error.code",
           first_of({&p.header_code, &p.aadsts, &p.xml_code, &p.json_code, &p.az_code, &p.label_code}, text));
  put_text(facts, "error.detail", first_of({&p.json_message, &p.xml_message, &p.az_message}, text));
}

void add_numbers(std::string_view text, fact::Facts& facts, bool& any) {
  const Patterns& p = patterns();
  const std::string status =
      first_of({&p.http_line, &p.status_remote, &p.status_label, &p.status_words, &p.status_error}, text);
  if (!status.empty()) facts["status"] = Value::number(std::stod(status));
  const std::string sql = p.sql.first(text);
  if (!sql.empty() && sql != status) facts["sql"] = Value::number(std::stod(sql));
  any = any || !status.empty() || !sql.empty();
}

void add_places(std::string_view text, fact::Facts& facts, bool& any) {
  const Patterns& p = patterns();
  const std::vector<std::string> addresses = addresses_in(text);
  const std::vector<std::string> hosts = p.host.all(text);
  const std::vector<std::string> ids = p.guid.all(text);
  facts["addresses"] = Value::list_of(Kind::ip, addresses);
  facts["hosts"] = Value::list_of(Kind::host, hosts);
  facts["urls"] = Value::list_of(Kind::text, p.url.all(text));
  facts["ids"] = Value::list_of(Kind::text, ids);
  facts["resources"] = Value::list_of(Kind::text, p.resource.all(text));
  if (!addresses.empty()) put_text(facts, "address-named", addresses.front(), Kind::ip);
  put_text(facts, "correlation-id", p.correlation.first(text));
  put_text(facts, "trace-id", p.trace.first(text));
  put_text(facts, "request-id", p.request.first(text));
  put_text(facts, "azure-ref", p.azure_ref.first(text));
  put_text(facts, "time", p.timestamp.first(text));
  any = any || !addresses.empty() || !hosts.empty() || !ids.empty() || facts.contains("azure-ref");
}

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  Reading reading;
  fact::Observation& seen = reading.observation;
  bool any = false;
  add_codes(text, seen.facts, any);
  add_numbers(text, seen.facts, any);
  add_places(text, seen.facts, any);
  if (!any) {
    seen = unreadable("error with a code, a status, an address or an id");
    return reading;
  }
  seen.answered = true;
  for (const char* group :
       {"codes", "code", "aadsts", "hresult", "error", "status", "sql", "addresses", "hosts", "urls", "ids",
        "resources", "address-named", "correlation-id", "trace-id", "request-id", "azure-ref", "time"}) {
    seen.read.insert(group);
  }
  return reading;
}

constexpr std::array<fact::FactSpec, 20> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"codes", {.kind = Kind::list, .item = Kind::text}, "every error code in it"},
    {"code", {Kind::text}, "the first of them"},
    {"aadsts", {Kind::text}, "the first code of Entra ID, such as AADSTS50011"},
    {"hresult", {Kind::text}, "the first HRESULT, in lower case"},
    {"error.code",
     {Kind::text},
     "the service's own code: x-ms-error-code, or code in XML, JSON or az's output"},
    {"error.detail", {Kind::text}, "the words beside it"},
    {"status", {Kind::number}, "HTTP status"},
    {"sql", {Kind::number}, "number of an SQL error"},
    {"addresses", {.kind = Kind::list, .item = Kind::ip}, "every IP address in it"},
    {"address-named", {Kind::ip}, "the first of them"},
    {"hosts", {.kind = Kind::list, .item = Kind::host}, "every host name in it"},
    {"urls", {.kind = Kind::list, .item = Kind::text}, "every URL in it"},
    {"ids", {.kind = Kind::list, .item = Kind::text}, "every GUID in it"},
    {"resources", {.kind = Kind::list, .item = Kind::text}, "every resource id in it"},
    {"correlation-id", {Kind::text}, "correlation id"},
    {"trace-id", {Kind::text}, "trace id"},
    {"request-id", {Kind::text}, "request id"},
    {"azure-ref", {Kind::text}, "reference of Front Door"},
    {"time", {Kind::text}, "the first time in it, as written"},
}};

}  // namespace

extern const ReaderSpec kErrorReader;
const ReaderSpec kErrorReader = {
    "error", "an error message: its codes, status, addresses, hosts and ids", {}, kFacts, read};

}  // namespace aztriage::decode
