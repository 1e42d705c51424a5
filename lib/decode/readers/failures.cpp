#include "decode/readers/failures.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::decode {
namespace {

using fact::FailureKind;

struct Row {
  std::string_view words;  // in lower case
  std::string_view operation;
  FailureKind kind;
};

// In order: the first that stands in the line.
constexpr std::array<Row, 27> kRows = {{
    {"could not resolve proxy", "proxy", FailureKind::proxy_unreachable},
    {"could not resolve host", "resolve", FailureKind::dns_nxdomain},
    {"name or service not known", "resolve", FailureKind::dns_nxdomain},
    {"temporary failure in name resolution", "resolve", FailureKind::dns_servfail},
    {"resolving timed out", "resolve", FailureKind::dns_timeout},
    {"407 proxy authentication", "proxy", FailureKind::proxy_auth},
    {"connect tunnel failed, response 407", "proxy", FailureKind::proxy_auth},
    {"connect tunnel failed, response 403", "proxy", FailureKind::proxy_denied},
    {"connect tunnel failed", "proxy", FailureKind::proxy_failed},
    {"connection refused", "connect", FailureKind::tcp_refused},
    {"network is unreachable", "connect", FailureKind::network_unreachable},
    {"no route to host", "connect", FailureKind::host_unreachable},
    {"connection timed out", "connect", FailureKind::tcp_timeout},
    {"connection timeout", "connect", FailureKind::tcp_timeout},
    {"ssl connection timeout", "handshake", FailureKind::tls_timeout},
    {"tlsv1 alert protocol version", "handshake", FailureKind::tls_version},
    {"unsupported protocol", "handshake", FailureKind::tls_version},
    {"legacy sigalg", "handshake", FailureKind::tls_version},
    {"wrong version number", "handshake", FailureKind::tls_not_tls},
    {"certificate required", "handshake", FailureKind::tls_client_certificate},
    {"ssl certificate problem", "handshake", FailureKind::tls_certificate},
    {"no alternative certificate subject name", "handshake", FailureKind::tls_certificate},
    {" alert ", "handshake", FailureKind::tls_alert},
    {"ssl_error_syscall", "handshake", FailureKind::tls_closed},
    {"empty reply from server", "response", FailureKind::http_closed},
    {"operation timed out", "response", FailureKind::http_timeout},
    {"connection reset by peer", "response", FailureKind::http_closed},
}};

struct Problem {
  std::string_view words;  // in lower case
  std::string_view name;
};
constexpr std::array<Problem, 17> kProblems = {{
    {"has expired", "expired"},
    {"certificate expired", "expired"},
    {"not yet valid", "not-yet-valid"},
    {"hostname mismatch", "name-mismatch"},
    {"does not match target host", "name-mismatch"},
    {"no alternative certificate subject name", "name-mismatch"},
    {"not match target host name", "name-mismatch"},
    {"self-signed certificate in certificate chain", "untrusted-root"},
    {"self signed certificate in certificate chain", "untrusted-root"},
    {"self-signed certificate", "self-signed"},
    {"self signed certificate", "self-signed"},
    {"unable to get local issuer certificate", "chain-incomplete"},
    {"unable to verify the first certificate", "chain-incomplete"},
    {"certificate revoked", "revoked"},
    {"ee key too small", "weak-key"},
    {"ca md too weak", "weak-key"},
    {"unsuitable certificate purpose", "invalid"},
}};

}  // namespace

std::optional<fact::Failure> failure_in(std::string_view line) {
  const std::string lower = text::lower(line);
  // curl's note on a sent alert is no failure by itself.
  if (text::contains(lower, "(out), tls alert") || text::contains(lower, "close notify")) return std::nullopt;
  for (const Row& row : kRows) {
    if (text::contains(lower, row.words)) {
      return fact::Failure{std::string(row.operation), row.kind, text::to_utf8(text::trim(line))};
    }
  }
  return std::nullopt;
}

void certificate_problem(std::string_view line, std::vector<std::string>& problems) {
  const std::string lower = text::lower(line);
  const auto found = std::find_if(kProblems.begin(), kProblems.end(), [&](const Problem& problem) {
    return text::contains(lower, problem.words);
  });
  if (found == kProblems.end()) return;
  if (std::find(problems.begin(), problems.end(), found->name) == problems.end())
    problems.emplace_back(found->name);
}

}  // namespace aztriage::decode
