// Decoders and readers of pasted text: total, bounded, and their facts have the declared types.
#include "decode/decode.h"
#include "decode/decode_facts.h"
#include "decode/reader.h"
#include "fuzz/must.h"

using aztriage::test::must;

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace decode = aztriage::decode;
namespace fact = aztriage::fact;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const aztriage::UtcTime now{std::chrono::seconds(1795528800)};
  for (const std::string_view form : decode::kDecodeForms) {
    const auto decoded = decode::decode(text, form, now);
    if (!decoded) continue;
    for (const auto& one : decoded->facts) {
      const auto& name = one.first;
      const auto& value = one.second;
      const auto declared = std::find_if(decode::kDecodeFacts.begin(), decode::kDecodeFacts.end(),
                                         [&](const fact::FactSpec& spec) { return spec.name == name; });
      must(declared != decode::kDecodeFacts.end(), "a fact is declared");
      must(declared->type.kind == value.kind(), "a fact has its type");
    }
  }
  const std::vector<decode::Wanted> wanted = {
      {"a", fact::Kind::text}, {"a.b", fact::Kind::list}, {"0", fact::Kind::number}};
  for (const decode::ReaderSpec* reader : decode::all_readers()) {
    const decode::Reading reading = decode::read_text(*reader, text, {}, wanted);
    must(reading.observation.answered || reading.observation.failure.has_value(), "an answer or a failure");
    must(reading.unread.size() <= 100, "few lines are told");
  }
  return 0;
}
