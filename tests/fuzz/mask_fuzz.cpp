// Masking: nothing known survives in any form, a masked text stays as it is, and the time stays in
// proportion.
#include "decode/encoding.h"
#include "decode/mask.h"
#include "decode/secret_forms.h"
#include "fuzz/must.h"

using aztriage::test::must;

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace decode = aztriage::decode;

namespace {

std::string spelled(std::string_view value, std::string_view signs, std::string_view before) {
  std::string out;
  for (const char c : value) {
    if (signs.find(c) != std::string_view::npos) out += before;
    out += c;
  }
  return out;
}

std::vector<std::string> forms_of(const std::string& secret) {
  const std::string coded = decode::percent_encode(secret);
  const std::string base64 = decode::base64_encode(secret);
  std::string wide;
  for (const char c : secret) wide += std::string(1, c) + '\0';
  return {secret,
          coded,
          decode::percent_encode(coded),
          base64,
          decode::base64_encode("u:" + secret),
          decode::base64_encode("u::" + secret),
          decode::base64_encode(base64),
          decode::base64_encode(wide),
          decode::percent_encode(base64),
          spelled(secret, "\"/\\", "\\"),
          spelled(secret, "\"$`", "`")};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t last = 0;
  for (const decode::SecretSpan& span : decode::find_secrets(text)) {
    must(span.begin < span.end && span.end <= text.size(), "a secret lies in the text");
    must(span.begin >= last, "secrets are sorted and apart");
    last = span.end;
  }
  const std::string secret = "Zq9/secret+of \"1";
  decode::SecretSet known;
  known.add(secret);
  const std::string half(text.substr(0, size / 2));
  for (const std::string& form : forms_of(secret)) {
    const std::string planted = half + " " + form + " " + std::string(text.substr(size / 2));
    const decode::Masked masked = decode::mask(planted, known);
    must(masked.text.find(form) == std::string::npos, "a known secret is gone");
    const decode::Masked again = decode::mask(masked.text, known);
    must(again.count == 0 && again.text == masked.text, "masking a masked text changes nothing");
  }
  // The same several times over costs that many times as much, not its square.
  constexpr std::size_t kLong = 16 * 1024;
  if (size > 0 && size < 64 && data[0] % 8 == 0) {  // which costs as much as all the rest
    std::string longer;
    while (longer.size() < kLong) longer += text;
    const auto begun = std::chrono::steady_clock::now();
    decode::mask(longer, known);
    must(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20), "the time stays in proportion");
  }
  return 0;
}
