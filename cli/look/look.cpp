#include "cli/look/look.h"

#include "cli/context.h"
#include "cli/hidden.h"
#include "cli/interrupt.h"
#include "decode/mask.h"
#include "fact/json.h"

#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using fact::FailureKind;
using fact::Observation;
using Json = nlohmann::ordered_json;

bool is_true(const Observation& seen, std::string_view name) {
  const auto found = seen.facts.find(name);
  return found != seen.facts.end() && found->second.kind() == fact::Kind::boolean && found->second.as_bool();
}

/// The status when it is one of a fault, else 0.
int bad_status(const Observation& seen) {
  const auto status = seen.facts.find("status");
  const bool number = status != seen.facts.end() && status->second.kind() == fact::Kind::number;
  const double value = number ? status->second.as_number() : 0;
  return value >= 500 && value < 1000 ? static_cast<int>(value) : 0;
}

const fact::Value::List* certificate_problems(const Observation& seen) {
  const auto problems = seen.facts.find("certificate.problems");
  const bool list = problems != seen.facts.end() && problems->second.kind() == fact::Kind::list;
  return list && !problems->second.as_list().empty() ? &problems->second.as_list() : nullptr;
}

bool is_over(const Observation& seen) {
  return is_true(seen, "sas.expired") || is_true(seen, "jwt.expired");
}

/// From a text of our own, so it is never malformed.
Json parsed(const Observation& seen) {
  return Json::parse(fact::to_json(seen), nullptr, false);
}

Json document_of(const Observation& seen) {
  Json document;
  document["schema"] = 1;
  document.update(parsed(seen));
  return document;
}

std::string dumped(const Json& document, int indent) {
  return document.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

struct Look {
  std::unique_ptr<probe::Running> running;
  std::optional<Observation> seen;
};

void tell_progress(std::size_t done, std::size_t all, Milliseconds spent, Console& console) {
  if (spent <= Milliseconds(500)) return;
  console.progress(std::to_string(done) + " of " + std::to_string(all) + " done, " +
                   std::to_string(spent.count() / 1000) + " s");
}

}  // namespace

ExitCode judge(const Observation& seen) {
  if (seen.failure) {
    switch (seen.failure->kind) {
      case FailureKind::interrupted:
        return ExitCode::interrupted;
      case FailureKind::unreadable:
      case FailureKind::bad_target:
        return ExitCode::usage;
      case FailureKind::deadline:
      case FailureKind::local_denied:
      case FailureKind::command_failed:
      case FailureKind::internal:
        return ExitCode::unsure;
      default:
        return ExitCode::fault;
    }
  }
  const bool bad = certificate_problems(seen) != nullptr || bad_status(seen) != 0 || is_over(seen);
  return bad ? ExitCode::fault : ExitCode::ok;
}

std::string state_of(const Observation& seen) {
  if (seen.failure) return std::string(fact::failure_name(seen.failure->kind));
  if (const auto* problems = certificate_problems(seen))
    return "certificate " + fact::to_text(problems->front());
  if (const int status = bad_status(seen)) return "status " + std::to_string(status);
  return is_over(seen) ? "token expired" : "good";
}

LookPlan look_plan(const probe::ProbeSpec& spec, std::vector<Target> targets, const GivenParams& given,
                   const Options& options) {
  LookPlan plan;
  plan.spec = &spec;
  plan.targets = std::move(targets);
  plan.timeout = duration_option(options, "timeout").value_or(spec.timeout);
  plan.deadline = duration_option(options, "deadline");
  plan.here = options.get("here", "client");
  plan.secrets = given.secrets;
  plan.secrets.add(started_with(options));
  return plan;
}

Observation shown(Observation seen, const LookPlan& plan) {
  seen.here = plan.here;
  decode::mask(seen, plan.secrets);
  return seen;
}

std::vector<Observation> look_once(const LookPlan& plan, net::Net& net, Console& console) {
  std::vector<Look> looks(plan.targets.size());
  std::size_t done = 0;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    looks[i].running =
        plan.spec->start(plan.targets[i].params, plan.timeout, net, [&looks, &done, i](Observation seen) {
          looks[i].seen = std::move(seen);
          ++done;
        });
  }
  const SteadyTime begin = system_clock().steady();
  FailureKind why = FailureKind::interrupted;
  while (done < looks.size() && !interrupted()) {
    const auto spent = std::chrono::duration_cast<Milliseconds>(system_clock().steady() - begin);
    if (plan.deadline && spent >= *plan.deadline) {
      why = FailureKind::deadline;
      break;
    }
    tell_progress(done, looks.size(), spent, console);
    net.turn(std::min(Milliseconds(1000), plan.deadline ? *plan.deadline - spent : Milliseconds(1000)));
  }
  std::vector<Observation> all;
  for (auto& one : looks) {
    if (!one.seen) one.seen = one.running->stop(why);
    one.running.reset();
    all.push_back(shown(std::move(*one.seen), plan));
  }
  console.progress({});
  return all;
}

std::string looks_json(const std::vector<Observation>& looks) {
  if (looks.size() == 1) return dumped(document_of(looks.front()), 2);
  Json document;
  document["schema"] = 1;
  auto& list = document["observations"] = Json::array();
  for (const auto& one : looks) list.push_back(parsed(one));
  return dumped(document, 2);
}

std::string look_line(const Observation& look) {
  return dumped(document_of(look), -1);
}

}  // namespace aztriage::cli
