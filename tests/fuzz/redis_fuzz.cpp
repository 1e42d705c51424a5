// What a Redis server says: RESP, INFO, the slow log, the nodes of a cluster.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/redis.h"

#include <cstddef>
#include <cstdint>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec* const spec = probe::find_probe("redis");
  const unsigned way = size > 3 ? data[3] / 4U : 0;
  const auto make = [way]() -> std::unique_ptr<probe::wire::Dialogue> {
    probe::wire::RedisAsked asked;
    asked.self = "cache.contoso.com";
    if ((way & 1U) != 0) asked.password = "s3cret";
    if ((way & 2U) != 0) asked.commands = {{"GET", "a"}, {"MGET", "a", "b"}, {"CONFIG", "GET", "timeout"}};
    asked.pings = (way & 4U) != 0 ? 20 : 2;
    asked.look = (way & 8U) == 0;
    return std::make_unique<probe::wire::RedisTalk>(std::move(asked));
  };
  const fact::Observation seen = test::drive_dialogue(*spec, make, data, size);
  if (const auto lost = seen.facts.find("ping.lost"); lost != seen.facts.end())
    test::must(lost->second.as_number() >= 0, "no ping is answered twice");
  return 0;
}
