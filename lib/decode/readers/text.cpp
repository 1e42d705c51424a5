#include "base/text.h"

#include "decode/readers/lines.h"

#include <array>

namespace aztriage::decode {
namespace {

using fact::Kind;

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  Reading reading;
  std::size_t lines = 0;
  for (const std::string_view line : text::split(text, '\n')) {
    if (!text::trim(line).empty()) ++lines;
  }
  reading.observation.facts["lines"] = fact::Value::number(static_cast<double>(lines));
  reading.observation.answered = true;
  return reading;
}

constexpr std::array<fact::FactSpec, 2> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"lines", {Kind::number}, "lines that are not empty"},
}};

}  // namespace

extern const ReaderSpec kTextReader;
const ReaderSpec kTextReader = {
    "text", "any text; the step's own captures find what is in it", {}, kFacts, read};

}  // namespace aztriage::decode
