#include "engine/reading.h"

#include "decode/reader.h"
#include "engine/client_command.h"

#include <optional>

#include <re2/re2.h>

namespace aztriage::engine {
namespace {

constexpr std::int64_t kMostPatternMemory = 1 << 20;

std::optional<std::string> capture(const std::string& text, const std::string& pattern) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMostPatternMemory);
  const RE2 expression(pattern, options);
  std::string found;
  if (!expression.ok() || expression.NumberOfCapturingGroups() < 1) return std::nullopt;
  if (!RE2::PartialMatch(text, expression, &found)) return std::nullopt;
  return found;
}

void retype(const playbook::DeclaredFact& declared, fact::Observation& observation) {
  auto it = observation.facts.find(declared.name);
  if (it == observation.facts.end() || it->second.kind() == declared.kind) return;
  auto value = fact::parse_value(fact::to_text(it->second), fact::Type{declared.kind});
  if (value) {
    it->second = std::move(*value);
  } else {
    observation.facts.erase(it);
  }
}

void add_declared_to_one(const playbook::Step& step, fact::Observation& observation) {
  for (const auto& declared : step.facts) {
    if (declared.find.empty()) {
      retype(declared, observation);
      continue;
    }
    auto text = observation.facts.find(declared.in);
    if (text == observation.facts.end()) continue;
    observation.read.insert(declared.name);
    const auto found = capture(fact::to_text(text->second), declared.find);
    if (!found) continue;
    if (auto value = fact::parse_value(*found, fact::Type{declared.kind})) {
      observation.facts.insert_or_assign(declared.name, std::move(*value));
    }
  }
}

/// A tool that says that it could not connect is as good an observation as the probe's own: what did not
/// connect has not answered. One that connected, or came as far as TLS, has not heard the service itself.
void as_probed(const playbook::Step& step, std::string_view reader, fact::Observation& observation) {
  if (step.kind != playbook::StepKind::probe || step.reader) return;
  if (reader == "test-connection") {
    const auto it = observation.facts.find("connected");
    if (it != observation.facts.end()) observation.answered = step.probe == "tcp" && it->second.as_bool();
  } else if (reader == "openssl" && step.probe != "tls") {
    observation.answered = false;
  }
}

/// By the first reader that can; else what the last one misses.
decode::Reading read_by_any(const std::vector<std::string_view>& readers, std::string_view text,
                            const decode::ReaderParams& params, const std::vector<decode::Wanted>& wanted) {
  std::optional<decode::Reading> refused;
  for (const auto name : readers) {
    const auto* reader = decode::find_reader(name);
    if (reader == nullptr) continue;
    auto reading = decode::read_text(*reader, text, params, wanted);
    if (!is_unreadable(reading.observation)) return reading;
    // The last one is the tool that most people have.
    refused = std::move(reading);
  }
  if (refused) return std::move(*refused);
  decode::Reading none;
  none.observation.failure =
      fact::Failure{"read", fact::FailureKind::unreadable,
                    "no reader knows such an output: choose what it shows by its number"};
  return none;
}

}  // namespace

bool is_unreadable(const fact::Observation& reading) {
  return reading.failure && reading.failure->kind == fact::FailureKind::unreadable;
}

fact::Observation read_for(const playbook::Step& step, std::string_view text,
                           const Environment& environment) {
  decode::ReaderParams params;
  if (step.reader) {
    for (const auto& param : step.reader->params) {
      for (const auto& value : param.values) {
        auto filled = value.fill(environment);
        if (!filled.missing && !filled.left_out) params.emplace(param.name, fact::Value::text(filled.text));
      }
    }
  }
  std::vector<decode::Wanted> wanted;
  for (const auto& declared : step.facts) wanted.push_back({declared.name, declared.kind});
  auto reading = read_by_any(client_readers(step), text, params, wanted);
  add_declared(step, reading.observation);
  as_probed(step, reading.observation.probe, reading.observation);
  return std::move(reading.observation);
}

void add_declared(const playbook::Step& step, fact::Observation& observation) {
  add_declared_to_one(step, observation);
  for (auto& each : observation.tries) add_declared_to_one(step, each);
}

}  // namespace aztriage::engine
