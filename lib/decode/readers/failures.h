#pragma once

#include "fact/failure.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

inline constexpr std::array<std::string_view, 4> kTlsNames = {"1.0", "1.1", "1.2", "1.3"};
inline constexpr std::array<std::string_view, 9> kProblemNames = {
    "expired",          "not-yet-valid", "name-mismatch", "self-signed", "untrusted-root",
    "chain-incomplete", "revoked",       "weak-key",      "invalid"};

/// The failure that a line of curl's or OpenSSL's output tells, as a probe would name it.
std::optional<fact::Failure> failure_in(std::string_view line);

/// The problem of a certificate that a line tells, added to `problems` once.
void certificate_problem(std::string_view line, std::vector<std::string>& problems);

}  // namespace aztriage::decode
