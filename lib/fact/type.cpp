#include "fact/type.h"

#include "base/text.h"

#include <fmt/format.h>

namespace aztriage::fact {
namespace {

std::string describe_number(const Type& type) {
  const bool low = type.least > -std::numeric_limits<double>::infinity();
  const bool high = type.most < std::numeric_limits<double>::infinity();
  std::string text = type.whole ? "whole number" : "number";
  if (low && high) return fmt::format("{} from {} to {}", text, type.least, type.most);
  if (low) return fmt::format("{} of at least {}", text, type.least);
  if (high) return fmt::format("{} of at most {}", text, type.most);
  return text;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::text:
      return "text";
    case Kind::choice:
      return "choice";
    case Kind::host:
      return "host";
    case Kind::ip:
      return "ip";
    case Kind::network:
      return "network";
    case Kind::url:
      return "url";
    case Kind::endpoint:
      return "endpoint";
    case Kind::list:
      return "list";
    case Kind::record:
      return "record";
  }
  return "";
}

std::string describe(const Type& type) {
  if (type.kind == Kind::number) return describe_number(type);
  if (type.kind == Kind::list) return fmt::format("list of {}", kind_name(type.item));
  return std::string(kind_name(type.kind));
}

std::string_view group_of(const FactSpec& spec) {
  return spec.group.empty() ? spec.name.substr(0, spec.name.find('.')) : spec.group;
}

bool part_kind(Kind kind, std::string_view part, Kind& result) {
  const std::string_view first = part.substr(0, part.find('.'));
  const bool has_host = kind == Kind::url || kind == Kind::endpoint;
  if (has_host && first == "host") {
    result = Kind::host;
    return first == part || part_kind(Kind::host, part.substr(first.size() + 1), result);
  }
  if (has_host && part == "port") {
    result = Kind::number;
    return true;
  }
  if (kind == Kind::url && (part == "scheme" || part == "path" || (first == "query" && part.size() > 6))) {
    result = Kind::text;
    return true;
  }
  // A label is a host of one label, so that it is compared without case, too.
  if (kind == Kind::host && (part == "label" || first == "parent")) {
    result = Kind::host;
    return first == part || part_kind(Kind::host, part.substr(first.size() + 1), result);
  }
  return false;
}

}  // namespace aztriage::fact
