#include "cli/replay.h"

#include "base/text.h"
#include "engine/no_source.h"
#include "engine/summary.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// How long it took then; judging it again takes no time of anybody's.
Milliseconds took_of(const OpenPart& part) {
  UtcTime last = part.part->begin.start.at;
  for (const auto& event : part.events) last = std::max(last, event.at);
  return std::chrono::duration_cast<Milliseconds>(last - part.part->begin.start.at);
}

}  // namespace

Result<std::vector<engine::RunResult>> replay(const OpenCase& open, const Library& library, By by,
                                              Console& console) {
  auto families = library.catalog->families();
  if (!families) return tl::unexpected<Error>(families.error());
  const engine::SessionData data{library.catalog->clouds(), library.catalog->vantage(), *families};
  warn_all(open.record->warnings, open.id, console);
  std::vector<engine::RunResult> results;
  for (const auto& each : open.record->parts) {
    auto part = open_part(each, library, by);
    if (!part) return tl::unexpected<Error>(part.error());
    warn_all(part->warnings, open.id, console);
    engine::NoSource source;
    engine::Session session(part->playbook, inputs_of(*part, *library.catalog), options_of(*part), data,
                            source, system_clock());
    for (const auto& what : session.restore(each.begin.start, part->events, by == By::today))
      console.warn("aztriage: case " + open.id +
                   ": left out, since the playbook does not know it: " + text::printable(what));
    session.start();
    results.push_back(engine::summarise(session));
    results.back().case_id = open.id;
    results.back().took = took_of(*part);
  }
  return results;
}

}  // namespace aztriage::cli
