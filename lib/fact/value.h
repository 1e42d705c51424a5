#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "fact/type.h"

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

  /// The same value as `==` of conditions sees it: by kind, not by spelling.
  bool same_as(const Value& other) const;

 private:
  Kind kind_ = Kind::text;
  std::variant<bool, double, std::string, List, Record> data_ = std::string{};
};

/// Reads what a person or a file wrote as `type`: `on` and `yes` are booleans only where a boolean is due. The
/// error says what was expected (RFC 1123 host names, RFC 3986 URLs, ports 1 to 65535, ...).
Result<Value> parse_value(std::string_view text, const Type& type);

/// For people and for substitution: numbers without needless digits, lists joined by ", ".
std::string to_text(const Value& value);

/// A part as in `part_kind`; nothing when the value does not have it (a URL without that query).
bool part_of(const Value& value, std::string_view part, Value& result);

}  // namespace aztriage::fact
