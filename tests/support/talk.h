#pragma once

#include "fact/observation.h"
#include "probe/wire/dialogue.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::test {

/// What came of a dialogue that was told what the server says.
struct Talked {
  fact::Observation seen;
  std::string sent;
  std::string end;   // "done", "open", or the failure's name
  std::string text;  // of the failure
  bool tls = false;  // it asked for TLS

  std::string fact(const std::string& name) const {
    const auto found = seen.facts.find(name);
    return found == seen.facts.end() ? "-" : fact::to_text(found->second);
  }
};

struct TalkWay {
  bool trusted = true;
  std::size_t piece = 1 << 20;  // bytes at once
  bool close = true;            // the server closes behind its last word
};

/// The server's words, one piece after another; TLS begins where it is asked for, at the end of a piece.
inline Talked talk(probe::wire::Dialogue& dialogue, const std::vector<std::string>& words, TalkWay way = {}) {
  Talked out;
  double now = 0;
  dialogue.set_trusted(way.trusted);
  auto step = dialogue.begin();
  out.sent = step.send;
  const auto over = [&] { return step.done || step.failure.has_value(); };
  for (const std::string& word : words) {
    for (std::size_t at = 0; at < word.size() && !over(); at += way.piece) {
      if (step.start_tls) {
        out.tls = true;
        step = dialogue.secured();
        out.sent += step.send;
        if (over()) break;
      }
      dialogue.set_now(now += 0.01);
      step = dialogue.take(std::string_view(word).substr(at, way.piece));
      out.sent += step.send;
    }
  }
  if (step.start_tls) {
    out.tls = true;
    step = dialogue.secured();
    out.sent += step.send;
  }
  if (!over() && way.close) step = dialogue.closed(std::nullopt);
  if (step.failure) {
    out.end = std::string(fact::failure_name(step.failure->kind));
    out.text = step.failure->text;
  } else {
    out.end = step.done ? "done" : "open";
  }
  dialogue.fill(out.seen);
  return out;
}

}  // namespace aztriage::test
