#include "casefile/record.h"
#include "fuzz/must.h"

#include <cstdint>
#include <string>

using namespace aztriage;
using aztriage::test::must;

/// A case file of anybody: what is read can be written again, and reading that once more changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(casefile::summarise(text));
  const auto record = casefile::read_record(text);
  if (!record) return 0;
  must((*record)->whole <= text.size(), "it does not reach behind its end");
  for (const auto& part : (*record)->parts) {
    std::vector<std::string> warnings;
    const auto events = casefile::events_of(part, {}, warnings);
    must(events.size() + warnings.size() >= part.lines.size(), "a line that is left out is named");
    for (const auto& event : events) {
      const auto line = casefile::to_line(event);
      must(line.find('\n') == line.npos, "a line is one line");
      const auto again = casefile::read_event(line, {});
      must(again.has_value(), "what was written can be read", line);
      must(casefile::to_line(again->event) == line, "reading it again changes nothing", line);
    }
  }
  return 0;
}
