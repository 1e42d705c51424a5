#pragma once

#include "base/result.h"
#include "fact/type.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aztriage::fact {

/// One typed value. Text kinds (text, choice, host, ip, network, url, endpoint) all store text and differ in
/// how they are compared: hosts without case and final dot, addresses by value, text exactly.
class Value {
 public:
  using List = std::vector<Value>;
  using Record = std::map<std::string, Value, std::less<>>;

  Value() = default;
  static Value boolean(bool b);
  static Value number(double n);
  static Value text(std::string s, Kind kind = Kind::text);
  static Value list(List items);
  static Value list_of(Kind kind, const std::vector<std::string>& items);
  static Value record(Record fields);

  Kind kind() const { return kind_; }
  bool as_bool() const;
  double as_number() const;
  const std::string& as_text() const;
  const List& as_list() const;
  const Record& as_record() const;

  /// The same value as `==` of conditions sees it: by kind, not by spelling. Of two kinds of text the
  /// stricter one decides how they are compared (a text against a host is compared as hosts are).
  bool same_as(const Value& other) const;

 private:
  Kind kind_ = Kind::text;
  // Lists and records are shared, so that a look at the tries of a step copies no bodies.
  std::variant<bool, double, std::string, std::shared_ptr<const List>, std::shared_ptr<const Record>> data_ =
      std::string{};
};

/// Reads what a person or a file wrote as `type`: `on` and `yes` are booleans only where a boolean is due.
/// The error says what was expected (RFC 1123 host names, RFC 3986 URLs, ports 1 to 65535, ...). White space
/// around it is dropped except from a text; lists are separated by commas. A host may be an address.
Result<Value> parse_value(std::string_view text, const Type& type);

/// For people and for substitution: numbers without needless digits (three decimals, or three figures of a
/// small one), lists joined by ", ", records as "name value, ...".
std::string to_text(const Value& value);

/// A part as in `part_kind`; nothing when the value does not have it (a URL without that query).
bool part_of(const Value& value, std::string_view part, Value& result);

}  // namespace aztriage::fact
