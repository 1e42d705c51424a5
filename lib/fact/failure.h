#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::fact {

/// The closed list of failures that every probe shares, near OONI's df-007; the list is `failure.def`.
enum class FailureKind {
#define AZTRIAGE_FAILURE(id, name, meaning) id,
#include "fact/failure.def"
#undef AZTRIAGE_FAILURE
};
std::string_view failure_name(FailureKind kind);     // "tcp-refused"
std::string_view failure_meaning(FailureKind kind);  // what it usually means, one sentence
std::optional<FailureKind> failure_from_name(std::string_view name);
const std::vector<std::string_view>& failure_names();

/// What stopped a probe: at which of its operations ("resolve", "connect", "handshake", ...), as what, with
/// the library's or system's own words and code.
struct Failure {
  std::string operation;
  FailureKind kind{};
  std::string text;
  std::string code =
      {};  // "ECONNREFUSED", "CURLE_PARTIAL_FILE", "alert 40", "SERVFAIL"; empty where there is none
};

}  // namespace aztriage::fact
