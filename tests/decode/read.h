#pragma once

#include "decode/reader.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace aztriage::decode {

/// Reads, and holds what came to the reader's declarations.
inline Reading checked_read(std::string_view reader, std::string_view text, const ReaderParams& params = {},
                            const std::vector<Wanted>& wanted = {}) {
  const ReaderSpec* spec = find_reader(reader);
  REQUIRE(spec != nullptr);
  Reading reading = read_text(*spec, text, params, wanted);
  CHECK(reading.observation.probe == reader);
  CHECK(reading.observation.facts.contains("text"));
  CHECK((reading.observation.answered || reading.observation.failure.has_value()));
  for (const auto& row : reading.observation.facts) {
    const auto& name = row.first;
    const auto& value = row.second;
    CAPTURE(name);
    const bool asked =
        std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& one) { return one.name == name; });
    const auto declared =
        std::find_if(spec->facts.begin(), spec->facts.end(), [&](const fact::FactSpec& fact) {
          return fact.name == name ||
                 (fact.name.ends_with('*') && name.starts_with(fact.name.substr(0, fact.name.size() - 1)));
        });
    CHECK((asked || declared != spec->facts.end()));
    if (declared == spec->facts.end()) continue;
    CHECK(declared->type.kind == value.kind());
    if (value.kind() == fact::Kind::choice) {
      const auto& words = declared->type.words;
      CHECK(std::find(words.begin(), words.end(), value.as_text()) != words.end());
    }
    if (value.kind() != fact::Kind::list || declared->type.item != fact::Kind::record) continue;
    for (const fact::Value& item : value.as_list()) {
      for (const auto& field : item.as_record()) {
        const auto& field_name = field.first;
        CAPTURE(field_name);
        const auto spec_of = std::find_if(declared->type.fields.begin(), declared->type.fields.end(),
                                          [&](const fact::FactSpec& one) { return one.name == field_name; });
        REQUIRE(spec_of != declared->type.fields.end());
        CHECK(spec_of->type.kind == field.second.kind());
      }
    }
  }
  return reading;
}

/// A fact as text; "-" when there is none.
inline std::string fact_of(const Reading& reading, std::string_view name) {
  const auto found = reading.observation.facts.find(name);
  return found == reading.observation.facts.end() ? "-" : fact::to_text(found->second);
}

/// A field of the record at `at` of a list; "-" when there is none.
inline std::string field_of(const Reading& reading, std::string_view name, std::size_t at,
                            std::string_view field) {
  const auto found = reading.observation.facts.find(name);
  if (found == reading.observation.facts.end() || found->second.as_list().size() <= at) return "-";
  const auto& record = found->second.as_list()[at].as_record();
  const auto value = record.find(field);
  return value == record.end() ? "-" : fact::to_text(value->second);
}

inline std::string failure_of(const Reading& reading) {
  if (!reading.observation.failure) return "-";
  return std::string(fact::failure_name(reading.observation.failure->kind));
}

}  // namespace aztriage::decode
