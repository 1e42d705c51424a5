#pragma once

#include "decode/secret_forms.h"
#include "fact/observation.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// Values that are known to be secret because a person gave them as such. Each is found as it is,
/// percent-encoded once or twice, as a string of JSON, HTML, a shell, PowerShell or SQL, in hexadecimal, in
/// base64 (also in the middle of a longer base64 text, twice, or of UTF-16), and split over lines. A value
/// under 4 characters is found only where it stands alone between other signs, or every text would be full of
/// holes.
class SecretSet {
 public:
  void add(std::string_view value);
  void add(const SecretSet& other);
  bool empty() const { return needles_.empty(); }
  struct Needle {
    std::string text;
    bool alone;   // only where no letter or digit stands beside it
    bool base64;  // the whole run of base64 around it goes
  };
  const std::vector<Needle>& needles() const { return needles_; }  // longest first

 private:
  std::vector<Needle> needles_;
};

inline constexpr std::string_view kKnownValue = "known value";

/// Those of a known value, and what looks like a secret (secret_forms.h): sorted, not overlapping. Linear in
/// the text.
std::vector<SecretSpan> find_secrets(std::string_view text, const SecretSet& known);

struct Masked {
  std::string text;
  std::size_t count = 0;  // how many secrets were replaced
};

/// Replaces known secrets, and everything that looks like one (secret_forms.h), by `***`; what stands around
/// them stays, so that the text keeps its shape: `sig=***`. Masking a masked text changes nothing; a text
/// that keeps showing new secrets when others are gone becomes `***` as a whole. Linear in the text.
Masked mask(std::string_view text, const SecretSet& known = {});

/// Only what is known, so that a text of our own keeps its examples.
Masked mask_known(std::string_view text, const SecretSet& known);

/// Masks every text of an observation, the names of facts that a server chose (headers, cookies, JSON) and
/// whole facts whose name says that they are secret (a header `authorization`, a cookie that is not an
/// affinity cookie). Returns how many secrets were replaced.
std::size_t mask(fact::Observation& observation, const SecretSet& known = {});

}  // namespace aztriage::decode
