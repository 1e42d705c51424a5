// Decoders and readers of pasted text: total, bounded, and their facts have the declared types.
#include "decode/decode.h"
#include "decode/decode_facts.h"
#include "decode/paste_clean.h"
#include "decode/reader.h"
#include "decode/readers/lines.h"
#include "fuzz/must.h"

using aztriage::test::must;

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace decode = aztriage::decode;
namespace fact = aztriage::fact;

namespace {

const fact::FactSpec* declared(std::span<const fact::FactSpec> facts, std::string_view name) {
  const auto found = std::find_if(facts.begin(), facts.end(), [&](const fact::FactSpec& spec) {
    return spec.name == name ||
           (spec.name.ends_with('*') && name.starts_with(spec.name.substr(0, spec.name.size() - 1)));
  });
  return found == facts.end() ? nullptr : &*found;
}

/// A value as its declaration says: its kind, the words of a choice, the fields of records.
void check_value(const fact::Value& value, const fact::Type& type, std::string_view name) {
  must(value.kind() == type.kind, "a fact has its type", name);
  if (value.kind() == fact::Kind::choice) {
    must(std::find(type.words.begin(), type.words.end(), value.as_text()) != type.words.end(),
         "a choice is one of its words", name);
  }
  if (value.kind() != fact::Kind::list || type.item != fact::Kind::record) return;
  for (const fact::Value& item : value.as_list()) {
    for (const auto& field : item.as_record()) {
      const auto* spec = declared(type.fields, field.first);
      must(spec != nullptr, "a field is declared", field.first);
      check_value(field.second, spec->type, field.first);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const aztriage::UtcTime now{std::chrono::seconds(1795528800)};
  const std::string cleaned = decode::clean_paste(text);
  must(std::ranges::count(cleaned, '\n') == std::ranges::count(decode::plain_text(text), '\n'),
       "each line keeps its number");
  if (const auto joined = decode::unwrapped(cleaned))
    must(joined->size() < cleaned.size(), "lines are only joined");
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
    decode::ReaderParams params;
    for (const fact::ParamSpec& param : reader->params) {
      if (param.name == "port") params.emplace("port", fact::Value::text("443"));
      if (param.type.kind == fact::Kind::ip) params.emplace(param.name, fact::Value::text("10.0.0.4"));
    }
    const decode::Reading reading = decode::read_text(*reader, text, params, wanted);
    must(reading.observation.answered || reading.observation.failure.has_value(), "an answer or a failure");
    must(reading.unread.size() <= 100, "few lines are told");
    for (const auto& one : reading.observation.facts) {
      const auto* spec = declared(reader->facts, one.first);
      const bool asked = std::any_of(wanted.begin(), wanted.end(),
                                     [&](const decode::Wanted& name) { return name.name == one.first; });
      must(spec != nullptr || asked, "a fact is declared", one.first);
      if (spec != nullptr) check_value(one.second, spec->type, one.first);
    }
  }
  return 0;
}
