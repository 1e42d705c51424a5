#include "probe/http_facts.h"

#include "base/text.h"
#include "fact/url.h"
#include "probe/challenge.h"
#include "probe/cookies.h"
#include "probe/http_error.h"
#include "probe/json_facts.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kShownBody = std::size_t{64} << 10;

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}

void put_text(fact::Observation& seen, std::string_view name, std::string_view value,
              Kind kind = Kind::text) {
  if (!value.empty()) put(seen, name, Value::text(text::to_utf8(value), kind));
}

void fill_cookies(const net::HttpReply& reply, fact::Observation& seen) {
  Value::List list;
  for (const auto& [name, value] : reply.headers) {
    if (name != "set-cookie") continue;
    const auto cookie = parse_set_cookie(value, reply.middle);
    if (!cookie) continue;
    list.push_back(Value::record({{"name", Value::text(text::to_utf8(cookie->name))},
                                  {"domain", Value::text(text::to_utf8(cookie->domain))},
                                  {"path", Value::text(text::to_utf8(cookie->path))},
                                  {"secure", Value::boolean(cookie->secure)},
                                  {"http-only", Value::boolean(cookie->http_only)},
                                  {"same-site", Value::text(text::to_utf8(cookie->same_site))}}));
    put(seen, "cookies." + text::to_utf8(cookie->name), Value::text(text::to_utf8(cookie->value)));
  }
  put(seen, "cookies", Value::list(std::move(list)));
  seen.read.insert("cookies");
}

/// The server's clock was read about half-way between request and answer, and its seconds are cut off.
void fill_clock(const net::HttpReply& reply, fact::Observation& seen) {
  const auto date = parse_http_date(header_of(reply, "date"));
  if (!date) return;
  const std::chrono::duration<double> offset = *date - reply.middle;
  put(seen, "clock-offset", Value::number(std::round((offset.count() + 0.5) * 1000) / 1000));
}

void fill_headers(const net::HttpReply& reply, fact::Observation& seen) {
  std::map<std::string, std::vector<std::string>, std::less<>> values;
  for (const auto& [name, value] : reply.headers) values[text::to_utf8(name)].push_back(text::to_utf8(value));
  for (const auto& [name, list] : values) {
    put(seen, "headers." + name, Value::text(text::join(list, ", ")));
    put(seen, "header-values." + name, Value::list_of(Kind::text, list));
  }
  if (reply.headers_read && !reply.headers_cut) seen.read.insert("headers");
  put(seen, "headers-cut", Value::boolean(reply.headers_cut));
  std::string_view etag = header_of(reply, "etag");
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  put_text(seen, "etag", etag);
  put_text(seen, "last-modified", header_of(reply, "last-modified"));
  put_text(seen, "encoding", header_of(reply, "content-encoding"));
  fill_cookies(reply, seen);
  fill_clock(reply, seen);
  if (const auto found = seen.facts.find("headers.www-authenticate"); found != seen.facts.end())
    fill_challenge(fact::to_text(found->second), seen);
}

bool is_text(std::string_view body) {
  return body.substr(0, 1024).find('\0') == std::string_view::npos;
}

void fill_body(const net::HttpReply& reply, fact::Observation& seen) {
  const std::string_view body = reply.body;
  if (is_text(body)) {
    put(seen, "body", Value::text(text::to_utf8(body.substr(0, kShownBody))));
    const std::string_view type = header_of(reply, "content-type");
    const std::string_view start = text::trim(body.substr(0, kShownBody));
    if (text::contains(text::lower(type), "json") || start.starts_with('{') || start.starts_with('['))
      add_json_facts(body.starts_with("\xef\xbb\xbf") ? body.substr(3) : body, seen.facts);
    put_text(seen, "title", find_title(body.substr(0, kShownBody)));
  }
  put(seen, "decoded-size", Value::number(static_cast<double>(reply.decoded_size)));
  if (reply.complete) put(seen, "complete", Value::boolean(*reply.complete));
  if (reply.complete) put(seen, "size", Value::number(static_cast<double>(reply.received_size)));
  put_text(seen, "digest", reply.digest);
  if (reply.complete.value_or(false)) seen.read.insert("body");
}

void fill_error(const net::HttpReply& reply, fact::Observation& seen) {
  const std::string_view header = header_of(reply, "x-ms-error-code");
  const bool text = is_text(reply.body);
  const std::string_view body =
      text ? std::string_view(reply.body).substr(0, kShownBody) : std::string_view{};
  const bool fails = reply.status >= 400 || !header.empty() || text::contains(body, "AADSTS");
  if (!fails) return;
  const HttpError error = find_error(header, body, seen.facts);
  put_text(seen, "error.code", error.code);
  put_text(seen, "error.detail", error.detail);
  put_text(seen, "error.address", address_in(error.detail), Kind::ip);
}

void fill_times(const net::HttpReply& reply, fact::Observation& seen) {
  const auto add = [&](std::string_view name, double seconds) {
    if (seconds > 0) put(seen, name, Value::number(std::round(seconds * 1e6) / 1e6));
  };
  add("time.connect", reply.connection.connect_seconds);
  add("time.tls", reply.tls_seconds);
  add("time.first-byte", reply.first_byte_seconds);
  add("time.total", reply.total_seconds);
}

bool is_usual_reason(int status, std::string_view reason) {
  static const std::map<int, std::string_view> usual = {{200, "OK"},
                                                        {201, "Created"},
                                                        {202, "Accepted"},
                                                        {204, "No Content"},
                                                        {206, "Partial Content"},
                                                        {301, "Moved Permanently"},
                                                        {302, "Found"},
                                                        {304, "Not Modified"},
                                                        {307, "Temporary Redirect"},
                                                        {308, "Permanent Redirect"},
                                                        {400, "Bad Request"},
                                                        {401, "Unauthorized"},
                                                        {403, "Forbidden"},
                                                        {404, "Not Found"},
                                                        {405, "Method Not Allowed"},
                                                        {408, "Request Timeout"},
                                                        {409, "Conflict"},
                                                        {412, "Precondition Failed"},
                                                        {429, "Too Many Requests"},
                                                        {500, "Internal Server Error"},
                                                        {502, "Bad Gateway"},
                                                        {503, "Service Unavailable"},
                                                        {504, "Gateway Timeout"}};
  const auto found = usual.find(status);
  return reason.empty() || (found != usual.end() && text::equal_ignoring_case(found->second, reason));
}

}  // namespace

std::string_view header_of(const net::HttpReply& reply, std::string_view name) {
  const auto found =
      std::ranges::find_if(reply.headers, [&](const auto& header) { return header.first == name; });
  return found == reply.headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::string summarize(const net::HttpReply& reply) {
  std::string out = std::to_string(reply.status);
  if (!is_usual_reason(reply.status, reply.reason)) out += " " + text::printable(reply.reason, 60);
  out += " after " + show_seconds(reply.first_byte_seconds);
  if (reply.certificate && !reply.certificate->problems.empty()) {
    out += ", certificate";
    for (const auto problem : reply.certificate->problems)
      out += " " + std::string(net::problem_name(problem));
  }
  if (reply.withheld) out += ", secrets withheld";
  if (reply.failure) out += ", then " + failure_line(*reply.failure);
  return out;
}

void fill_reply(const net::HttpReply& reply, fact::Observation& seen) {
  fill_connection(reply.connection, "time.connect", seen);
  seen.failure = reply.failure;
  seen.answered = reply.status != 0 && (!reply.failure || reply.failure->operation != "proxy");
  if (reply.certificate) net::fill_facts(*reply.certificate, seen);
  put_text(seen, "protocol", reply.protocol, Kind::choice);
  fill_times(reply, seen);
  if (reply.withheld) put(seen, "withheld", Value::boolean(true));
  if (!seen.answered) return;
  put(seen, "status", Value::number(reply.status));
  put_text(seen, "version", reply.version);
  put_text(seen, "reason", reply.reason);
  fill_headers(reply, seen);
  fill_body(reply, seen);
  fill_error(reply, seen);
  seen.summary = summarize(reply);
}

}  // namespace aztriage::probe
