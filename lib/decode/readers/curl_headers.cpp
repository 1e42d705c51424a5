#include "base/text.h"
#include "decode/readers/failures.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostHeaders = 500;

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// `HTTP/1.1 502 Bad Gateway`.
struct StatusLine {
  std::string version;
  int status = 0;
  std::string reason;
};

std::optional<StatusLine> status_line(std::string_view line) {
  if (!starts_with_word(line, "HTTP/")) return std::nullopt;
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text::trim(line.substr(blank));
  StatusLine out{std::string(line.substr(5, blank - 5)), 0, {}};
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + std::min<std::size_t>(3, rest.size()), out.status);
  if (error != std::errc() || out.status < 100 || out.status > 599) return std::nullopt;
  out.reason = std::string(text::trim(rest.substr(static_cast<std::size_t>(end - rest.data()))));
  return out;
}

struct Response {
  StatusLine start;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  bool tunnel = false;                                       // a proxy's answer to CONNECT
};

/// Output of `curl -v`, `curl -i` or `curl -I`, and headers copied out of a browser.
class CurlHeaders {
 public:
  explicit CurlHeaders(std::string_view text) : lines_(text) {}

  Reading read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (take(lines_[i])) lines_.claim(i);
    }
    return finish();
  }

 private:
  bool take(std::string_view line) {
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (line == "<" || line.empty()) {
      in_headers_ = in_headers_ && responses_.empty();
      return true;
    }
    if (line.starts_with("> ") || line == ">" || line.starts_with("{ ") || line.starts_with("} "))
      return true;
    if (line.starts_with("* ")) return take_note(text::trim(line.substr(2)));
    if (line.starts_with("< ")) return take_header(line.substr(2));
    if (take_error(line)) return true;
    if (responses_.empty() && text::contains(line, "curl")) return true;  // the command itself
    if (in_headers_ || status_line(line)) return take_header(line);
    if (!responses_.empty()) return take_body(line);
    return take_browser_line(line);
  }

  bool take_header(std::string_view line) {
    if (const auto start = status_line(line)) {
      responses_.push_back(
          {*start, {}, text::contains(text::lower(start->reason), "connection established")});
      in_headers_ = true;
      return true;
    }
    const auto label = labelled(line);
    if (!label || !is_token(label->name) || responses_.empty()) return false;
    auto& headers = responses_.back().headers;
    if (headers.size() < kMostHeaders) headers.emplace_back(label->name, std::string(label->value));
    return true;
  }

  /// What `curl -i` prints behind the headers; progress meters are no body.
  bool take_body(std::string_view line) {
    if (starts_with_word(text::trim(line), "% Total") || text::contains(line, "--:--:--")) return true;
    if (body_.size() < 64 * 1024) body_ += std::string(line) + "\n";
    return true;
  }

  /// `Status Code: 502 Bad Gateway` and what follows it, out of a browser's tools.
  bool take_browser_line(std::string_view line) {
    const auto label = labelled(line);
    if (!label) return false;
    if (label->name != "status code" && label->name != "statuscode" && label->name != "status") {
      return label->name == "request url" || label->name == "request method" ||
             label->name == "remote address";
    }
    const auto start = status_line("HTTP/ " + std::string(label->value));
    if (!start) return false;
    responses_.push_back({*start, {}, false});
    in_headers_ = true;
    return true;
  }

  bool take_note(std::string_view note) {
    constexpr std::array<std::string_view, 3> kTrying = {"Trying ", "Connected to ",
                                                         "Established connection to "};
    if (std::any_of(kTrying.begin(), kTrying.end(),
                    [&](std::string_view word) { return note.starts_with(word); })) {
      take_address(note);
    }
    if (const std::size_t at = note.find("SSL connection using "); at != std::string_view::npos) {
      const std::string_view rest = note.substr(at + 21);
      const std::size_t slash = rest.find(" / ");
      protocol_ = std::string(rest.substr(0, slash));
      if (slash != std::string_view::npos)
        cipher_ = std::string(rest.substr(slash + 3, rest.find(' ', slash + 3) - slash - 3));
    }
    if (const auto label = labelled(note)) {
      if (label->name == "subject") subject_ = label->value;
      if (label->name == "issuer") issuer_ = label->value;
      if (label->name == "expire date") expires_ = label->value;
    }
    if (!failure_) failure_ = failure_in(note);
    certificate_problem(note, problems_);
    return true;
  }

  void take_address(std::string_view note) {
    for (std::string_view word : text::split(note, ' ')) {
      while (!word.empty() && text::contains("([", word.substr(0, 1))) word.remove_prefix(1);
      const std::size_t close = word.find_first_of(")]");
      std::string_view address = word.substr(0, close);
      while (address.ends_with('.')) address.remove_suffix(1);
      if (const std::size_t colon = address.find(':');
          colon != std::string_view::npos && address.find('.') < colon) {
        address = address.substr(0, colon);  // 10.0.0.4:443...
      }
      if (fact::parse_address(address)) address_ = std::string(address);
    }
  }

  bool take_error(std::string_view line) {
    const bool curl = text::trim(line).starts_with("curl: (");
    if (!curl) return false;
    if (const auto failure = failure_in(line)) failure_ = failure;
    certificate_problem(line, problems_);
    return true;
  }

  const Response* last() const {
    for (auto it = responses_.rbegin(); it != responses_.rend(); ++it) {
      if (!it->tunnel && it->start.status >= 200) return &*it;
    }
    return nullptr;
  }

  void put_headers(const Response& response, fact::Observation& seen) {
    std::map<std::string, std::vector<std::string>> all;
    for (const auto& [name, value] : response.headers) all[name].push_back(value);
    for (const auto& [name, values] : all) {
      put_text(seen.facts, "headers." + name, text::join(values, ", "));
      seen.facts["header-values." + name] = Value::list_of(Kind::text, values);
      if (name == "location" || name == "etag" || name == "last-modified")
        put_text(seen.facts, name, values.front());
    }
    for (const std::string& cookie : all["set-cookie"]) {
      const std::size_t equals = cookie.find('=');
      if (equals == std::string::npos) continue;
      const std::string_view value =
          std::string_view(cookie).substr(equals + 1, cookie.find(';') - equals - 1);
      put_text(seen.facts, "cookies." + cookie.substr(0, equals), value);
    }
    seen.read.insert("headers");
    seen.read.insert("header-values");
    seen.read.insert("cookies");
  }

  void put_tls(fact::Observation& seen) {
    if (const std::size_t v = protocol_.find("v1."); v != std::string::npos) {
      put_text(seen.facts, "protocol", std::string_view(protocol_).substr(v + 1), Kind::choice);
    } else if (protocol_ == "TLSv1") {
      put_text(seen.facts, "protocol", "1.0", Kind::choice);
    }
    put_text(seen.facts, "cipher", cipher_);
    put_text(seen.facts, "certificate.subject", subject_);
    put_text(seen.facts, "certificate.issuer", issuer_);
    put_text(seen.facts, "certificate.not-after", expires_);
    // Without a problem in the output nobody knows whether -k hid one.
    if (!problems_.empty()) seen.facts["certificate.problems"] = Value::list_of(Kind::choice, problems_);
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    const Response* response = last();
    if (response == nullptr && !failure_ && address_.empty() && protocol_.empty()) {
      seen = unreadable("output of curl or headers of a response");
      reading.unread = lines_.unread();
      return reading;
    }
    seen.address = address_;
    if (!address_.empty()) seen.family = address_.find(':') == std::string::npos ? 4 : 6;
    put_tls(seen);
    if (response != nullptr) {
      seen.answered = true;
      seen.facts["status"] = Value::number(response->start.status);
      put_text(seen.facts, "reason", response->start.reason);
      put_text(seen.facts, "version", response->start.version);
      put_headers(*response, seen);
      if (!body_.empty()) {
        put_text(seen.facts, "body", body_);
        seen.read.insert("body");
      }
    } else {
      seen.failure = failure_.value_or(
          fact::Failure{"response", fact::FailureKind::http_closed, "there is no response in the text"});
    }
    reading.unread = lines_.unread();
    return reading;
  }

  Lines lines_;
  std::vector<Response> responses_;
  bool in_headers_ = false;
  std::string body_, address_, protocol_, cipher_;
  std::string subject_, issuer_, expires_;
  std::vector<std::string> problems_;
  std::optional<fact::Failure> failure_;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return CurlHeaders(text).read();
}

constexpr std::array<fact::FactSpec, 17> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"status", {Kind::number}, "the status code of the last response"},
    {"reason", {Kind::text}, "the words after it", "headers"},
    {"version", {Kind::text}, "version of HTTP"},
    {"headers.*", {Kind::text}, "a header, several of one name joined by commas"},
    {"header-values.*", {.kind = Kind::list, .item = Kind::text}, "all values of a header", "headers"},
    {"cookies.*", {Kind::text}, "the value of a cookie that it sets"},
    {"location", {Kind::text}, "where it redirects to", "headers"},
    {"etag", {Kind::text}, "the version of the content", "headers"},
    {"last-modified", {Kind::text}, "as sent", "headers"},
    {"body", {Kind::text}, "what stands behind the headers"},
    {"protocol", {.kind = Kind::choice, .words = kTlsNames}, "the TLS version"},
    {"cipher", {Kind::text}, "the cipher suite"},
    {"certificate.subject", {Kind::text}, "whom the certificate names"},
    {"certificate.issuer", {Kind::text}, "who issued it"},
    {"certificate.not-after", {Kind::text}, "until when it is valid, as written"},
    {"certificate.problems",
     {.kind = Kind::list, .item = Kind::choice, .words = kProblemNames},
     "what curl says is wrong"},
}};

}  // namespace

extern const ReaderSpec kCurlHeadersReader;
const ReaderSpec kCurlHeadersReader = {
    "curl-headers", "output of curl -v, -i or -I, or headers out of a browser", {}, kFacts, read};

}  // namespace aztriage::decode
