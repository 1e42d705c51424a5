#include "engine/event.h"

namespace aztriage::engine {

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::vantage:
      return "vantage";
    case EventKind::observation:
      return "observation";
    case EventKind::paste:
      return "paste";
    case EventKind::outcome:
      return "outcome";
    case EventKind::answer:
      return "answer";
    case EventKind::skip:
      return "skip";
    case EventKind::consent:
      return "consent";
    case EventKind::input:
      return "input";
    case EventKind::undo:
      return "undo";
    case EventKind::again:
      return "again";
    case EventKind::ask_again:
      return "ask-again";
    case EventKind::unpin:
      return "unpin";
    case EventKind::round:
      return "round";
    case EventKind::pin:
      return "pin";
    case EventKind::attempt:
      return "attempt";
    case EventKind::trial:
      return "trial";
    case EventKind::confirmed:
      return "confirmed";
    case EventKind::note:
      return "note";
    case EventKind::ask:
      return "ask";
    case EventKind::shell:
      return "shell";
    case EventKind::hand_over:
      return "hand-over";
    case EventKind::more:
      return "continue";
    case EventKind::verdict:
      return "verdict";
    case EventKind::stop:
      return "stop";
    case EventKind::resume:
      return "resume";
    case EventKind::end:
      return "end";
  }
  return "";
}

std::optional<EventKind> event_from_name(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(EventKind::end); ++i) {
    const auto kind = static_cast<EventKind>(i);
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace aztriage::engine
