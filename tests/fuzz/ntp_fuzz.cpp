// What comes over UDP to a client that asks for the time: anybody can send it.
#include "fuzz/must.h"
#include "probe/wire/ntp.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::uint64_t kCookie = 0x6161616161616161ULL;
  constexpr double kNow = 1795557600;  // 2026
  std::string_view why;
  const auto answer = probe::wire::read_ntp(bytes, kCookie, kNow, why);
  test::must(answer.has_value() == why.empty(), "a packet that is ignored has a reason");
  if (!answer) return 0;
  test::must(size >= 48, "an answer is whole");
  test::must(bytes.substr(24, 8) == "aaaaaaaa", "an answer is to this request");
  test::must(answer->stratum >= 0 && answer->stratum < 256 && answer->leap >= 0 && answer->leap < 4,
             "small numbers");
  test::must(answer->reference.size() <= 15 && answer->kiss.size() <= 4, "names are short");
  for (const std::string* text : {&answer->reference, &answer->kiss})
    for (const char c : *text) test::must(c > ' ' && c < '\x7f', "names are printable", *text);
  test::must((answer->stratum == 0) == !answer->kiss.empty(), "a code comes with stratum 0");
  const auto sample = probe::wire::ntp_sample(*answer, kNow, 0.1);
  test::must(std::isfinite(sample.offset) && std::isfinite(sample.delay) && sample.delay >= 0,
             "times are finite");
  // The nearest era, or no time at all.
  test::must(std::abs(sample.offset) < 2.2e9, "an offset is under 70 years", std::to_string(sample.offset));
  return 0;
}
