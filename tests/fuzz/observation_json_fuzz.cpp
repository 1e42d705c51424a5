// Bytes as the JSON of an observation. What could be read is written so that it reads back the same.

#include "base/text.h"
#include "fact/json.h"
#include "fact/merge.h"
#include "fuzz/must.h"
#include "match/world.h"

#include <cstdint>
#include <string>
#include <string_view>

using namespace aztriage;
using namespace aztriage::test;

namespace {

void check_looks(const fact::Observation& o) {
  for (const auto& [name, value] : o.facts) fact::look(o, name, "");
  for (const auto& spec : fact::tries_facts()) {
    const auto seen = fact::look(o, spec.name, fact::group_of(spec));
    if (seen.value) fact::to_text(*seen.value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65536) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto first = fact::from_json(input, kFacts);
  if (!first) {
    must(!first.error().what.empty(), "an error says what is wrong");
    return 0;
  }
  check_looks(*first);
  const std::string written = fact::to_json(*first);
  must(text::first_invalid_utf8(written) == std::string_view::npos, "what is written is UTF-8");
  const auto second = fact::from_json(written, kFacts);
  must(second.has_value(), "what is written can be read", written);
  must(fact::to_json(*second) == written, "reading and writing again changes nothing", written);
  if (!first->tries.empty()) check_looks(fact::merge(first->tries, {}, "server"));
  return 0;
}
