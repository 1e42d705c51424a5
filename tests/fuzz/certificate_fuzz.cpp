// Certificates in PEM, DER and base64: total, and what is read has its bounds.
#include "decode/certificate.h"
#include "fuzz/must.h"

using aztriage::test::must;

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace decode = aztriage::decode;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto certificate = decode::read_certificate({reinterpret_cast<const char*>(data), size});
  if (!certificate) return 0;
  const aztriage::UtcTime now{std::chrono::seconds(1795528800)};
  must(certificate->names.size() <= 1000, "names are bounded");
  must(certificate->thumbprint.size() == 40, "a thumbprint is SHA-1");
  const double left = certificate->share_left(now);
  must(left >= 0 && left <= 1, "the share of its life is a share");
  aztriage::fact::Facts facts;
  decode::add_certificate_facts(*certificate, now, facts);
  must(facts.contains("certificate.names"), "names are told");
  return 0;
}
