#pragma once

#include "base/result.h"
#include "engine/event.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::casefile {

/// The schema of the lines that are written. Every older one is read for ever.
inline constexpr int kSchema = 1;
inline constexpr std::size_t kMostLine = 8u << 20;

/// What the first line says besides how the session began.
struct Header {
  int schema = kSchema;
  std::string id = {};    // as it was when the case began; its file's name counts
  std::string tool = {};  // "aztriage 0.4.0"
  std::string mode = {};  // "walk" or "run"
  std::string ticket = {};
  int pid = 0;  // who writes it
};

/// Types of the facts that an observation of a step may have, so that a host stays a host.
using Declared = std::function<std::vector<fact::FactSpec>(const std::string& step, bool pasted)>;

/// One JSON object without a line's end; `event` is its first key. An event that is larger than a line may be
/// loses its pasted text, the tries of its observation, or all of it, and says so with `cut`.
std::string to_line(const engine::Event& event);
std::string to_line(const Header& header, const engine::Start& start);

/// The kind of a line by its first key, without reading it whole; empty when it does not begin like one.
std::string_view kind_of_line(std::string_view line);

struct ReadEvent {
  engine::Event event;
  bool cut = false;
  int pid = 0;  // of `resume`
};
Result<ReadEvent> read_event(std::string_view line, const Declared& declared);

struct Begin {
  Header header;
  engine::Start start;
};
Result<Begin> read_begin(std::string_view line);

}  // namespace aztriage::casefile
