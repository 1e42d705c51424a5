#include "engine/vantage.h"

#include "base/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace aztriage::engine {
namespace {

/// A clock that is off by less disturbs no certificate, token or signature.
constexpr double kClockOff = 60;
/// Dates of two hosts agree when they differ by less: they have a resolution of one second, and answers take
/// time.
constexpr double kDatesAgree = 10;

constexpr std::string_view kFindings[] = {"resolver", "portal", "inspection", "clock", "proxy"};

constexpr fact::FactSpec kFacts[] = {
    {"resolver.servers", {fact::Kind::list, fact::Kind::ip}, "name servers of this machine"},
    {"resolver.silent", {fact::Kind::list, fact::Kind::ip}, "those of them that do not answer at all"},
    {"inspected-by",
     {fact::Kind::text},
     "issuer under which unrelated hosts show untrusted certificates",
     "findings"},
    {"clock-offset", {fact::Kind::number}, "seconds by which other clocks are ahead of ours", "findings"},
    {"portal", {fact::Kind::boolean}, "a captive portal answers in place of the internet"},
    {"finding",
     {fact::Kind::list, fact::Kind::choice, {}, kFindings},
     "what is broken about this place",
     "findings"},
};

const fact::Value* fact_of(const fact::Observation& observation, std::string_view name) {
  auto it = observation.facts.find(name);
  return it == observation.facts.end() ? nullptr : &it->second;
}

bool has_problem(const fact::Observation& observation, std::string_view problem) {
  const auto* problems = fact_of(observation, "certificate.problems");
  return problems && problems->kind() == fact::Kind::list &&
         std::ranges::any_of(problems->as_list(),
                             [&](const auto& each) { return each.as_text() == problem; });
}

HostSign::Name name_sign(const fact::Observation& observation) {
  using enum fact::FailureKind;
  if (!observation.failure)
    return observation.address.empty() && !fact_of(observation, "addresses") ? HostSign::Name::not_asked
                                                                             : HostSign::Name::resolved;
  switch (observation.failure->kind) {
    case dns_timeout:
    case dns_servfail:
    case dns_refused:
      return HostSign::Name::no_answer;
    case dns_nxdomain:
    case dns_no_data:
    case dns_loop:
      return HostSign::Name::denied;
    default:
      return observation.address.empty() ? HostSign::Name::not_asked : HostSign::Name::resolved;
  }
}

std::string last_two_labels(std::string_view host) {
  std::string name = text::lower(host);
  while (name.ends_with('.')) name.pop_back();
  const auto last = name.rfind('.');
  if (last == std::string::npos || last == 0) return name;
  const auto before = name.rfind('.', last - 1);
  return before == std::string::npos ? name : name.substr(before + 1);
}

std::optional<Finding> broken_resolver(const PlaceSigns& signs) {
  if (!signs.servers.empty() && signs.silent.size() == signs.servers.size()) {
    std::string list;
    for (const auto& server : signs.silent) list += (list.empty() ? "" : ", ") + server;
    return Finding{playbook::Vantage::resolver, "no name server of this machine answers (" + list + ")"};
  }
  std::vector<std::string> unanswered;
  for (const auto& sign : signs.hosts) {
    if (sign.name == HostSign::Name::resolved || sign.name == HostSign::Name::denied) return std::nullopt;
    if (sign.name != HostSign::Name::no_answer) continue;
    if (std::ranges::none_of(unanswered, [&](const auto& host) { return !unrelated(host, sign.host); })) {
      unanswered.push_back(sign.host);
    }
  }
  if (unanswered.size() < 2) return std::nullopt;
  return Finding{playbook::Vantage::resolver, "the name servers of this machine find no name at all (" +
                                                  unanswered[0] + ", " + unanswered[1] + ")"};
}

/// The untrusted issuer that stands over a reference and an unrelated host, or empty.
std::string interceptor(const std::vector<HostSign>& hosts) {
  for (const auto& a : hosts) {
    if (a.untrusted_issuer.empty() || !a.reference) continue;
    for (const auto& b : hosts) {
      if (a.untrusted_issuer == b.untrusted_issuer && unrelated(a.host, b.host)) return a.untrusted_issuer;
    }
  }
  return {};
}

/// The offset on which two unrelated hosts agree against us; nothing when any host agrees with our clock.
std::optional<double> wrong_clock(const std::vector<HostSign>& hosts) {
  for (const auto& a : hosts) {
    if (a.clock_offset && std::abs(*a.clock_offset) < kClockOff) return std::nullopt;
  }
  for (const auto& a : hosts) {
    if (!a.clock_offset) continue;
    for (const auto& b : hosts) {
      if (!b.clock_offset || !unrelated(a.host, b.host)) continue;
      if (std::abs(*a.clock_offset - *b.clock_offset) < kDatesAgree) return a.clock_offset;
    }
  }
  return std::nullopt;
}

/// What was looked at and found sound; what was not looked at is not claimed.
std::string sound_summary(const PlaceSigns& signs, const fact::Observation& observation) {
  std::vector<std::string> parts;
  if (!signs.servers.empty()) parts.emplace_back("name servers answer");
  const bool referred = std::ranges::any_of(signs.hosts, [](const HostSign& sign) {
    return sign.reference && sign.name == HostSign::Name::resolved;
  });
  if (referred) parts.emplace_back("TLS is not inspected");
  if (signs.portal == false) parts.emplace_back("no captive portal");
  if (const auto* offset = fact_of(observation, "clock-offset")) {
    parts.push_back("clock off by " + fact::to_text(fact::Value::number(std::round(offset->as_number()))) +
                    " s");
  }
  return parts.empty() ? "nothing wrong was seen" : text::join(parts, ", ");
}

}  // namespace

std::span<const fact::FactSpec> vantage_facts() {
  return kFacts;
}

std::string_view name_of(playbook::Vantage kind) {
  switch (kind) {
    case playbook::Vantage::resolver:
      return "resolver";
    case playbook::Vantage::portal:
      return "portal";
    case playbook::Vantage::inspection:
      return "inspection";
    case playbook::Vantage::clock:
      return "clock";
    case playbook::Vantage::proxy:
      return "proxy";
  }
  return "";
}

bool unrelated(std::string_view a, std::string_view b) {
  return last_two_labels(a) != last_two_labels(b);
}

HostSign sign_of(const fact::Observation& observation, std::string_view host, bool reference) {
  HostSign sign;
  sign.host = text::lower(host);
  sign.reference = reference;
  sign.name = name_sign(observation);
  const bool untrusted =
      has_problem(observation, "untrusted-root") || has_problem(observation, "chain-incomplete");
  const auto* issuer = fact_of(observation, "certificate.issuer");
  if (untrusted && issuer) sign.untrusted_issuer = issuer->as_text();
  // A cache that answers keeps the Date of the answer that it stored.
  if (const auto* offset = fact_of(observation, "clock-offset");
      offset && !fact_of(observation, "headers.age")) {
    sign.clock_offset = offset->as_number();
  }
  return sign;
}

std::vector<Finding> find_broken(const PlaceSigns& signs) {
  std::vector<Finding> findings;
  if (auto finding = broken_resolver(signs)) findings.push_back(std::move(*finding));
  if (signs.portal == true) {
    findings.push_back(
        {playbook::Vantage::portal, "a captive portal answers in place of the internet: sign in to it"});
  }
  if (const auto issuer = interceptor(signs.hosts); !issuer.empty()) {
    findings.push_back({playbook::Vantage::inspection,
                        "TLS is inspected on the way: unrelated hosts show certificates of '" + issuer +
                            "', which this machine does not trust (--ca-file adds a root)"});
  }
  for (const auto kind : signs.recorded)
    findings.push_back({kind, std::string(name_of(kind)) + " is broken here"});
  if (const auto offset = wrong_clock(signs.hosts)) {
    const auto seconds = std::llround(std::abs(*offset));
    findings.push_back({playbook::Vantage::clock, "the clock of this machine is " + std::to_string(seconds) +
                                                      " s " + (*offset > 0 ? "behind" : "ahead of") +
                                                      " those of two unrelated hosts"});
  }
  return findings;
}

fact::Observation vantage_observation(const PlaceSigns& signs, const std::vector<Finding>& findings,
                                      const std::string& here) {
  fact::Observation observation;
  observation.probe = "vantage";
  observation.target = "this machine's network";
  observation.here = here;
  observation.answered = true;
  observation.read = {"resolver", "findings"};
  observation.facts["resolver.servers"] = fact::Value::list_of(fact::Kind::ip, signs.servers);
  observation.facts["resolver.silent"] = fact::Value::list_of(fact::Kind::ip, signs.silent);
  if (signs.portal) observation.facts["portal"] = fact::Value::boolean(*signs.portal);
  if (const auto issuer = interceptor(signs.hosts); !issuer.empty()) {
    observation.facts["inspected-by"] = fact::Value::text(issuer);
  }
  std::vector<double> offsets;
  for (const auto& sign : signs.hosts) {
    if (sign.clock_offset) offsets.push_back(*sign.clock_offset);
  }
  if (!offsets.empty()) {
    std::ranges::sort(offsets);
    observation.facts["clock-offset"] = fact::Value::number(offsets[offsets.size() / 2]);
  }
  std::vector<std::string> names;
  for (const auto& finding : findings) names.emplace_back(name_of(finding.kind));
  observation.facts["finding"] = fact::Value::list_of(fact::Kind::choice, names);
  for (const auto& finding : findings)
    observation.summary += (observation.summary.empty() ? "" : "; ") + finding.text;
  if (findings.empty()) observation.summary = sound_summary(signs, observation);
  return observation;
}

}  // namespace aztriage::engine
