#include "decode/redis_info.h"

#include "base/text.h"
#include "decode/fact_list.h"
#include "decode/readers/failures.h"
#include "decode/readers/lines.h"

#include <array>

namespace aztriage::decode {
namespace {

using fact::Kind;

/// `NOAUTH Authentication required.`, `(error) NOPERM this user has no permissions ...`.
std::string error_word(std::string_view line) {
  if (line.starts_with("(error) ")) line.remove_prefix(8);
  if (line.starts_with('-')) line.remove_prefix(1);
  constexpr auto kWords =
      std::to_array<std::string_view>({"NOAUTH", "WRONGPASS", "NOPERM", "ERR", "LOADING", "MOVED", "READONLY",
                                       "OOM", "MASTERDOWN", "MISCONF"});
  for (const std::string_view word : kWords) {
    if (line.starts_with(word) && line.substr(word.size()).starts_with(' ')) return std::string(word);
  }
  return {};
}

/// Output of `redis-cli INFO` (redis.io/docs/latest/commands/info), named as the probe `redis` names it.
Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  Reading reading;
  fact::Observation& seen = reading.observation;
  fact::Observation info;
  fill_redis_info(text, info);
  // `keys` is a figure of its own even where nothing was read.
  if (info.facts.contains("version") || info.facts.size() > 3) {
    seen = std::move(info);
    seen.answered = true;
    return reading;
  }
  for (const std::string_view raw : text::split(text, '\n')) {
    const std::string_view line = text::trim(raw);
    if (const std::string word = error_word(line); !word.empty()) {
      seen.answered = true;
      put_text(seen.facts, "reply.error", word);
      put_text(seen.facts, "reply.text", line.substr(0, 400));
      seen.read.insert("reply");
      return reading;
    }
    if (auto failure = failure_in(line)) {
      seen.failure = std::move(failure);
      return reading;
    }
  }
  seen = unreadable("output of redis-cli INFO");
  return reading;
}

constexpr auto kFacts = fact_list(
    kRedisInfoFacts,
    std::array<fact::FactSpec, 3>{{
        {"text", {Kind::text}, "the text itself, the first 64 KiB"},
        {"reply.error", {Kind::text}, "first word of an error that came instead: NOAUTH, NOPERM, ..."},
        {"reply.text", {Kind::text}, "that error whole"},
    }});

}  // namespace

extern const ReaderSpec kRedisInfoReader;
const ReaderSpec kRedisInfoReader = {"redis-info", "output of redis-cli INFO", {}, kFacts, read};

}  // namespace aztriage::decode
