#include "fact/value.h"

#include "base/text.h"
#include "fact/address.h"
#include "fact/url.h"

#include <charconv>
#include <cmath>

namespace aztriage::fact {
namespace {

bool is_textual(Kind kind) {
  return kind != Kind::boolean && kind != Kind::number && kind != Kind::list && kind != Kind::record;
}

bool same_host(std::string_view a, std::string_view b) {
  const auto left = parse_address(a);
  const auto right = parse_address(b);
  if (left || right) return left == right;
  const auto bare = [](std::string_view host) { return host.substr(0, host.size() - host.ends_with('.')); };
  return text::equal_ignoring_case(bare(a), bare(b));
}

bool same_endpoint(std::string_view a, std::string_view b) {
  const auto left = parse_endpoint(a);
  const auto right = parse_endpoint(b);
  if (!left || !right) return a == b;
  return left->port == right->port && same_host(left->host, right->host);
}

bool same_network(std::string_view a, std::string_view b) {
  const auto left = parse_network(a);
  const auto right = parse_network(b);
  return left && right ? *left == *right : a == b;
}

bool same_url(std::string_view a, std::string_view b) {
  const auto left = parse_url(a);
  const auto right = parse_url(b);
  if (!left || !right) return a == b;
  const auto path = [](const Url& url) { return url.path.empty() ? std::string_view("/") : url.path; };
  return text::equal_ignoring_case(left->scheme, right->scheme) && same_host(left->host, right->host) &&
         effective_port(*left) == effective_port(*right) && left->user_info == right->user_info &&
         path(*left) == path(*right) && left->has_query == right->has_query && left->query == right->query &&
         left->has_fragment == right->has_fragment && left->fragment == right->fragment;
}

/// How strictly a kind of text is compared; the strictest of two decides.
int strictness(Kind kind) {
  switch (kind) {
    case Kind::ip:
      return 2;
    case Kind::host:
      return 3;
    case Kind::network:
      return 4;
    case Kind::endpoint:
      return 5;
    case Kind::url:
      return 6;
    default:
      return 0;
  }
}

bool same_text(const Value& a, const Value& b) {
  switch (strictness(a.kind()) > strictness(b.kind()) ? a.kind() : b.kind()) {
    case Kind::ip:
    case Kind::host:
      return same_host(a.as_text(), b.as_text());
    case Kind::network:
      return same_network(a.as_text(), b.as_text());
    case Kind::endpoint:
      return same_endpoint(a.as_text(), b.as_text());
    case Kind::url:
      return same_url(a.as_text(), b.as_text());
    default:
      return a.as_text() == b.as_text();
  }
}

std::string number_text(double n) {
  if (!std::isfinite(n)) return "";
  if (n == 0) return "0";
  char buffer[64];
  const double size = std::fabs(n);
  // A fixed form of more than 15 digits would pretend to a precision that a double does not have.
  const bool whole = n == std::trunc(n) && size < 1e15;
  const bool fixed = size >= 0.1 && size < 1e15;
  const auto end = whole ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<long long>(n)).ptr
                   : fixed
                       ? std::to_chars(buffer, buffer + sizeof buffer, n, std::chars_format::fixed, 3).ptr
                       : std::to_chars(buffer, buffer + sizeof buffer, n, std::chars_format::general, 3).ptr;
  std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
  if (!whole && fixed) {
    while (digits.ends_with('0')) digits.remove_suffix(1);
    if (digits.ends_with('.')) digits.remove_suffix(1);
  }
  return std::string(digits);
}

bool url_part(const Url& url, std::string_view part, Value& result) {
  if (part == "scheme") result = Value::text(text::lower(url.scheme));
  if (part == "path") result = Value::text(url.path.empty() ? "/" : std::string(url.path));
  if (part == "host") result = Value::text(std::string(url.host), Kind::host);
  if (part == "port") {
    if (effective_port(url) == 0) return false;
    result = Value::number(effective_port(url));
  }
  if (!part.starts_with("query.")) return true;
  auto value = query_value(url.query, part.substr(6));
  if (value) result = Value::text(*std::move(value));
  return value.has_value();
}

/// The first label, or what stands behind it. An address has neither.
bool host_part(std::string_view host, bool label, Value& result) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || parse_address(host)) return false;
  const std::size_t dot = host.find('.');
  if (label) {
    result = Value::text(std::string(host.substr(0, dot)), Kind::host);
    return true;
  }
  if (dot == std::string_view::npos || dot + 1 == host.size()) return false;
  result = Value::text(std::string(host.substr(dot + 1)), Kind::host);
  return true;
}

bool endpoint_part(const Endpoint& endpoint, std::string_view part, Value& result) {
  result =
      part == "port" ? Value::number(endpoint.port) : Value::text(std::string(endpoint.host), Kind::host);
  return true;
}

}  // namespace

Value Value::boolean(bool b) {
  Value value;
  value.kind_ = Kind::boolean;
  value.data_ = b;
  return value;
}

Value Value::number(double n) {
  Value value;
  value.kind_ = Kind::number;
  value.data_ = n;
  return value;
}

Value Value::text(std::string s, Kind kind) {
  Value value;
  value.kind_ = is_textual(kind) ? kind : Kind::text;
  value.data_ = std::move(s);
  return value;
}

Value Value::list(List items) {
  Value value;
  value.kind_ = Kind::list;
  value.data_ = std::make_shared<const List>(std::move(items));
  return value;
}

Value Value::list_of(Kind kind, const std::vector<std::string>& items) {
  List values;
  values.reserve(items.size());
  for (const std::string& item : items) values.push_back(text(item, kind));
  return list(std::move(values));
}

Value Value::record(Record fields) {
  Value value;
  value.kind_ = Kind::record;
  value.data_ = std::make_shared<const Record>(std::move(fields));
  return value;
}

bool Value::as_bool() const {
  const bool* b = std::get_if<bool>(&data_);
  return b != nullptr && *b;
}

double Value::as_number() const {
  const double* n = std::get_if<double>(&data_);
  return n != nullptr ? *n : 0;
}

const std::string& Value::as_text() const {
  static const std::string none;
  const std::string* s = std::get_if<std::string>(&data_);
  return s != nullptr ? *s : none;
}

const Value::List& Value::as_list() const {
  static const List none;
  const auto* items = std::get_if<std::shared_ptr<const List>>(&data_);
  return items != nullptr ? **items : none;
}

const Value::Record& Value::as_record() const {
  static const Record none;
  const auto* fields = std::get_if<std::shared_ptr<const Record>>(&data_);
  return fields != nullptr ? **fields : none;
}

bool Value::same_as(const Value& other) const {
  if (is_textual(kind_) && is_textual(other.kind_)) return same_text(*this, other);
  if (kind_ != other.kind_) return false;
  if (kind_ == Kind::boolean) return as_bool() == other.as_bool();
  if (kind_ == Kind::number) return as_number() == other.as_number();
  if (kind_ == Kind::list) {
    const List& a = as_list();
    const List& b = other.as_list();
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Value& x, const Value& y) { return x.same_as(y); });
  }
  const Record& a = as_record();
  const Record& b = other.as_record();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.same_as(y.second);
  });
}

std::string to_text(const Value& value) {
  std::vector<std::string> pieces;
  switch (value.kind()) {
    case Kind::boolean:
      return value.as_bool() ? "true" : "false";
    case Kind::number:
      return number_text(value.as_number());
    case Kind::list:
      for (const Value& item : value.as_list()) pieces.push_back(to_text(item));
      return text::join(pieces, ", ");
    case Kind::record:
      for (const auto& [name, field] : value.as_record()) pieces.push_back(name + " " + to_text(field));
      return text::join(pieces, ", ");
    default:
      return value.as_text();
  }
}

bool part_of(const Value& value, std::string_view part, Value& result) {
  Kind kind{};
  if (!part_kind(value.kind(), part, kind)) return false;
  const bool nested = part.find('.') != std::string_view::npos && !part.starts_with("query.");
  const std::string_view first = nested ? part.substr(0, part.find('.')) : part;
  Value found;
  bool has = false;
  if (value.kind() == Kind::url) {
    const auto url = parse_url(value.as_text());
    has = url && url_part(*url, first, found);
  } else if (value.kind() == Kind::endpoint) {
    const auto endpoint = parse_endpoint(value.as_text());
    has = endpoint && endpoint_part(*endpoint, first, found);
  } else {
    has = host_part(value.as_text(), first == "label", found);
  }
  if (has && nested) return part_of(found, part.substr(first.size() + 1), result);
  if (has) result = std::move(found);
  return has;
}

}  // namespace aztriage::fact
