// What a remote desktop says: the negotiation, and behind TLS the answer to CredSSP.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/rdp.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("rdp");
  const unsigned way = size > 2 ? data[2] : 0U;
  const auto make = [&] {
    probe::wire::RdpPlan plan;
    if ((way & 4U) != 0) plan.offer = way >> 3U;
    plan.utc = [] { return 1.8e9; };
    return std::make_unique<probe::wire::RdpTalk>(std::move(plan));
  };
  const auto seen = test::drive_dialogue(spec, make, data, size);
  test::must(!seen.facts.contains("selected") || !seen.facts.contains("refused-with"),
             "an offer is accepted or refused");
  test::must(!seen.facts.contains("credssp.version") || seen.facts.at("credssp.answered").as_bool(),
             "a version comes with an answer");
  return 0;
}
