// What a file server says to an offer of SMB, and to a login of nobody.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/smb.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("smb");
  const unsigned way = size > 2 ? data[2] : 0U;
  const auto make = [&] {
    probe::wire::SmbPlan plan;
    for (const auto& one : probe::wire::kSmbDialects) plan.offer.dialects.push_back(one.number);
    for (const auto& one : probe::wire::kSmbCiphers) plan.offer.ciphers.push_back(one.number);
    plan.offer.server_name = "files01.contoso.com";
    plan.smb1 = (way & 4U) != 0;
    plan.session = (way & 8U) == 0;
    plan.utc = [] { return 1.8e9; };
    plan.random = [](std::size_t count) { return std::string(count, '\x42'); };
    return std::make_unique<probe::wire::SmbTalk>(std::move(plan));
  };
  const auto seen = test::drive_dialogue(spec, make, data, size);
  test::must(!seen.facts.contains("session.status") || seen.facts.contains("dialect"),
             "a login comes after the choice of a version");
  return 0;
}
