// What an SSH server says, up to the login. With a bit of the head set nothing is encrypted, so that what
// comes behind the key exchange is reached, too; without it a recording with the same random bytes is.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/ssh.h"

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec& spec = *probe::find_probe("ssh");
  const unsigned way = size > 2 ? data[2] : 0U;
  const auto make = [&] {
    probe::wire::SshPlan plan;
    plan.random = [](std::size_t count) { return std::string(count, '\x42'); };
    if ((way & 8U) == 0) plan.user = "azureuser";
    plan.only_key = (way & 16U) != 0;
    if ((way & 4U) != 0) {
      plan.offer.ciphers_in = plan.offer.ciphers_out = {"none"};
      plan.offer.macs_in = plan.offer.macs_out = {"none"};
    }
    return std::make_unique<probe::wire::SshTalk>(std::move(plan));
  };
  const auto seen = test::drive_dialogue(spec, make, data, size);
  test::must(!seen.facts.contains("methods") || seen.facts.contains("fingerprint"),
             "ways to log in come after the host key");
  test::must(!seen.facts.contains("fingerprint") || seen.facts.contains("kex"),
             "the host key comes after the algorithms");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto known = probe::wire::read_known_host_key(text.substr(0, 4096))) {
    test::must(known->fingerprint.starts_with("SHA256:"), "a known key has a fingerprint");
  }
  return 0;
}
