#pragma once

#include "fact/observation.h"
#include "net/net.h"
#include "probe/registry.h"
#include "support/turning.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

namespace aztriage::test {

/// Probes with a loop of its own, and no proxy from the environment.
struct Looker {
  std::unique_ptr<net::Net> net;

  explicit Looker(net::Settings settings = {}) {
    if (settings.proxy.empty()) settings.proxy = "none";
    auto made = net::Net::create(settings);
    if (!made) throw std::runtime_error(made.error().what);
    net = std::move(*made);
  }

  fact::Observation look(const std::string& probe, const std::map<std::string, std::string>& given,
                         const std::set<std::string>& secret = {},
                         Milliseconds timeout = Milliseconds(10000)) {
    const auto* spec = probe::find_probe(probe);
    auto params = probe::check_params(*spec, given);
    if (!params) throw std::runtime_error(params.error().what);
    params->secret.insert(secret.begin(), secret.end());
    std::optional<fact::Observation> got;
    const auto running =
        spec->start(*params, timeout, *net, [&](fact::Observation seen) { got = std::move(seen); });
    if (got) throw std::runtime_error("the probe was done before it had begun");
    if (!turn_until(*net, [&] { return got.has_value(); })) throw std::runtime_error("the probe never ended");
    return *got;
  }
};

/// A fact as text; "-" when it is not there.
inline std::string fact_of(const fact::Observation& seen, std::string_view name) {
  const auto found = seen.facts.find(name);
  return found == seen.facts.end() ? "-" : fact::to_text(found->second);
}

/// Whether a text stands in any fact, the summary or the failure.
inline bool mentions(const fact::Observation& seen, const std::string& text) {
  for (const auto& [name, value] : seen.facts)
    if (fact::to_text(value).find(text) != std::string::npos) return true;
  return seen.summary.find(text) != std::string::npos ||
         (seen.failure && seen.failure->text.find(text) != std::string::npos);
}

/// `kind at operation`, or "none".
inline std::string failure_of(const fact::Observation& seen) {
  if (!seen.failure) return "none";
  return std::string(fact::failure_name(seen.failure->kind)) + " at " + seen.failure->operation;
}

}  // namespace aztriage::test
