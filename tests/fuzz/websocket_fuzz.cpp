// What a server says to a client that opens a WebSocket: the answer to the upgrade, then frames.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/websocket.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("websocket");
  const auto make = [&] {
    probe::wire::WebSocket::Plan plan;
    plan.upgrade.host = "shop.contoso.com";
    plan.upgrade.protocols = {"chat"};
    plan.upgrade.key = "dGhlIHNhbXBsZSBub25jZQ==";
    plan.upgrade.headers = {{"Authorization", "Bearer hidden"}};
    plan.untrusted = plan.upgrade;
    plan.untrusted->headers.clear();
    plan.ping = size % 4 != 1;
    plan.hold = size % 2 == 0 ? 1 : 0;
    plan.random = [] { return 0U; };
    return std::make_unique<probe::wire::WebSocket>(std::move(plan));
  };
  const auto seen = test::drive_dialogue(spec, make, data, size);
  if (const auto status = seen.facts.find("status"); status != seen.facts.end()) {
    const bool accepted = seen.facts.at("accepted").as_bool();
    test::must(!accepted || status->second.as_number() == 101, "only a 101 accepts");
    test::must(accepted || !seen.facts.contains("ping.rtt"), "only an open WebSocket is pinged");
  }
  return 0;
}
