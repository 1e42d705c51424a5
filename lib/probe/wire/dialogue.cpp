#include "probe/wire/dialogue.h"

#include <utility>

namespace aztriage::probe::wire {

Dialogue::Step Dialogue::closed(const std::optional<fact::Failure>& failure) {
  if (failure) return {.failure = failure};
  return broken(fact::FailureKind::tcp_closed, "the server closed the connection");
}

Dialogue::Step send(std::string bytes) {
  return {.send = std::move(bytes)};
}

Dialogue::Step finished(std::string last_words) {
  return {.send = std::move(last_words), .done = true};
}

Dialogue::Step broken(fact::FailureKind kind, std::string text) {
  return {.failure = fact::Failure{{}, kind, std::move(text)}};
}

}  // namespace aztriage::probe::wire
