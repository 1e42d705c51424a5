// What an AMQP server says, alone and over a WebSocket.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/amqp.h"
#include "probe/wire/websocket_carrier.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("amqp");
  const unsigned way = size > 3 ? data[3] / 16U : 0;
  const auto talk = [&] {
    probe::wire::Amqp::Plan plan;
    plan.container = "aztriage-1";
    plan.host = "contoso.servicebus.windows.net";
    plan.sasl = way != 1;
    if (way % 2 == 0) plan.user = "policy";
    plan.password = "hidden";
    if (way / 2 % 2 == 1) plan.entity = "orders";
    plan.receive = way != 2;
    plan.hold = way / 4 % 2;
    return std::make_unique<probe::wire::Amqp>(std::move(plan));
  };
  const auto make = [&]() -> std::unique_ptr<probe::wire::Dialogue> {
    if (way < 8) return talk();
    probe::wire::WebSocketUpgrade upgrade;
    upgrade.host = "contoso.servicebus.windows.net";
    upgrade.protocols = {"AMQPWSB10"};
    upgrade.key = "dGhlIHNhbXBsZSBub25jZQ==";
    return std::make_unique<probe::wire::WebSocketCarrier>(upgrade, talk(), [] { return 0U; });
  };
  test::DialogueBounds bounds;
  bounds.kept_per_byte = 200;  // each value of a message, of which there are 4096 at most, has a byte or more
  const auto seen = test::drive_dialogue(spec, make, data, size, bounds);
  if (seen.facts.contains("container")) test::must(seen.answered, "an open connection is an answer");
  return 0;
}
