// What an FTP server says before a login.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/ftps.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("ftps");
  const unsigned way = size > 2 ? data[2] : 0U;
  const auto make = [&] {
    probe::wire::FtpsPlan plan;
    plan.plain = (way & 4U) != 0;
    plan.implicit = (way & 8U) != 0;
    return std::make_unique<probe::wire::FtpsTalk>(plan);
  };
  const auto seen = test::drive_dialogue(spec, make, data, size);
  test::must(!seen.facts.contains("protection") || seen.facts.contains("features"),
             "protection comes after the features");
  return 0;
}
