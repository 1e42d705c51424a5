#pragma once

#include "engine/session.h"

namespace aztriage::engine {

/// What a session has come to: the vantage first, then the symptom, then the isolation.
RunResult summarise(const Session& session);

/// Verdict, reason and words for it, by the rules in the order in which they hold: a broken vantage claims no
/// cause; without the symptom all is healthy; else what the isolation says.
struct Conclusion {
  isolation::Verdict verdict = isolation::Verdict::inconclusive;
  isolation::Reason reason = isolation::Reason::none;
  std::string text;
  int cause = -1;
};
Conclusion conclude(const Session& session);

/// The same for the record.
Event verdict_event(const Session& session);

/// A workaround with its values filled in; what is not known stands as the input's name in capitals.
WorkaroundResult filled(const playbook::Workaround& workaround, const Session& session);

}  // namespace aztriage::engine
