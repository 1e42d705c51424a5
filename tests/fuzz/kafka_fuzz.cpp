// What a Kafka broker says.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/kafka.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("kafka");
  const unsigned way = size > 3 ? data[3] / 16U : 0;
  const auto make = [&] {
    probe::wire::Kafka::Plan plan;
    if (way % 2 == 1) plan.mechanism = "OAUTHBEARER";
    if (way / 2 % 2 == 1) plan.password = "hidden";
    plan.user = way / 4 % 2 == 1 ? "user" : "";
    plan.topic = "orders";
    plan.hold = way / 8 % 2;
    return std::make_unique<probe::wire::Kafka>(std::move(plan));
  };
  const auto seen = test::drive_dialogue(spec, make, data, size);
  if (seen.facts.contains("brokers")) test::must(seen.answered, "brokers are of an answer");
  return 0;
}
