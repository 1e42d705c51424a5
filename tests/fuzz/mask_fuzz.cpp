// Masking: nothing known survives in any form, and the time stays in proportion.
#include "decode/encoding.h"
#include "decode/mask.h"
#include "decode/secret_forms.h"
#include "fuzz/must.h"

using aztriage::test::must;

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace decode = aztriage::decode;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t last = 0;
  for (const decode::SecretSpan& span : decode::find_secrets(text)) {
    must(span.begin < span.end && span.end <= text.size(), "a secret lies in the text");
    must(span.begin >= last, "secrets are sorted and apart");
    last = span.end;
  }
  const std::string secret = "Zq9/secret+of 1";
  decode::SecretSet known;
  known.add(secret);
  const std::string half(text.substr(0, size / 2));
  for (const std::string& form : {secret, decode::percent_encode(secret), decode::base64_encode(secret)}) {
    const std::string planted = half + " " + form + " " + std::string(text.substr(size / 2));
    must(decode::mask(planted, known).text.find(form) == std::string::npos, "a known secret is gone");
  }
  return 0;
}
