#include "probe/tls_facts.h"

#include "base/text.h"

#include <cmath>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using net::CertificateProblem;

/// "143 days", "5 hours" below two days: what is left is what matters then.
std::string span_text(double days) {
  if (days >= 2) return fmt::format("{:.0f} days", std::floor(days));
  const double hours = std::floor(days * 24);
  return fmt::format("{:.0f} hour{}", hours, hours == 1 ? "" : "s");
}

std::string problem_text(CertificateProblem problem, const net::CertificateReport& report) {
  switch (problem) {
    case CertificateProblem::expired:
      if (report.leaf.not_after > report.at) return "an authority in the chain is expired";
      return "expired " + span_text(-report.leaf.days_left(report.at)) + " ago";
    case CertificateProblem::not_yet_valid:
      return "not valid yet";
    case CertificateProblem::name_mismatch:
      return "wrong name";
    case CertificateProblem::self_signed:
      return "self-signed";
    case CertificateProblem::untrusted_root:
      return "untrusted root";
    case CertificateProblem::chain_incomplete:
      return "chain incomplete";
    case CertificateProblem::revoked:
      return "revoked";
    case CertificateProblem::weak_key:
      return "weak key";
    case CertificateProblem::invalid:
      return report.error;
  }
  return {};
}

std::string common_name(const std::string& subject) {
  const std::string_view all = subject;
  const std::size_t at = all.starts_with("CN=") ? 3 : std::string_view::npos;
  return std::string(at == std::string_view::npos ? all : all.substr(at, all.find(", ", at) - at));
}

}  // namespace

std::string tls_summary(const net::Handshake& handshake) {
  if (!handshake.certificate) return "TLS " + handshake.protocol;
  const net::CertificateReport& report = *handshake.certificate;
  std::vector<std::string> parts = {text::printable(common_name(report.leaf.subject), 80)};
  if (parts[0].empty() && !report.leaf.names.empty()) parts[0] = text::printable(report.leaf.names[0], 80);
  for (const CertificateProblem problem : report.problems) {
    parts.push_back(text::printable(problem_text(problem, report), 120));
  }
  if (report.problems.empty()) parts.emplace_back(report.judged ? "full chain" : "chain not judged");
  if (!report.has(CertificateProblem::expired))
    parts.push_back(span_text(report.leaf.days_left(report.at)) + " left");
  return text::join(parts, ", ");
}

}  // namespace aztriage::probe
