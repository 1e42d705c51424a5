// A kind in the first byte, and what a person wrote. What is taken is taken again, and equals itself.

#include "base/text.h"
#include "fact/address.h"
#include "fact/url.h"
#include "fact/value.h"
#include "fuzz/must.h"

#include <cstdint>
#include <string>
#include <string_view>

using namespace aztriage;
using namespace aztriage::test;
using fact::Kind;

namespace {

constexpr std::string_view kWords[] = {"private", "public", "name-mismatch"};

void check_value(const fact::Value& value, const fact::Type& type) {
  must(value.kind() == type.kind, "a value is of the kind that was asked for");
  must(value.same_as(value), "a value equals itself");
  const std::string shown = fact::to_text(value);
  // Numbers are shown rounded, and a text that has commas in it is no longer one item of a list.
  if (type.kind == Kind::number || type.kind == Kind::list) return;
  const auto again = fact::parse_value(shown, type);
  must(again.has_value() && again->same_as(value), "what is shown is taken again", shown);
  for (const char* part :
       {"scheme", "host", "port", "path", "query.a", "label", "parent", "host.parent", "host.label"}) {
    Kind kind{};
    fact::Value found;
    if (!fact::part_of(value, part, found)) continue;
    must(fact::part_kind(type.kind, part, kind) && found.kind() == kind, "a part is of its kind", part);
    // A label may be a number, which no host is.
    if (kind == Kind::host && !std::string_view(part).ends_with("label"))
      must(fact::parse_value(fact::to_text(found), {.kind = kind}).has_value(), "a host", shown);
  }
  if (type.kind == Kind::network) {
    const auto network = fact::parse_network(value.as_text());
    must(network && network->contains(network->address), "a network contains its own address", shown);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 20000) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  fact::Type type{.kind = static_cast<Kind>(data[0] % 11), .words = kWords};
  if (type.kind == Kind::list) type.item = static_cast<Kind>(data[0] / 11 % 9);
  const auto value = fact::parse_value(input, type);
  if (value) {
    check_value(*value, type);
  } else {
    const auto& error = value.error();
    must(!error.what.empty(), "an error says what is wrong");
    must(text::first_invalid_utf8(error.what + error.hint) == std::string_view::npos, "a message is UTF-8");
  }
  fact::parse_url(input);
  fact::percent_decode(input);
  return 0;
}
