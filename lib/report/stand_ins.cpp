#include "report/stand_ins.h"

#include "fact/url.h"

#include <algorithm>
#include <array>

namespace aztriage::report {
namespace {

/// Inputs whose value is a name, and the stand-ins' word for it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kNames = {
    {{"resource_group", "group"},
     {"resource", "resource"},
     {"account", "resource"},
     {"container", "resource"},
     {"share", "resource"},
     {"vault", "resource"},
     {"cluster", "resource"},
     {"namespace", "resource"},
     {"registry", "resource"},
     {"repository", "resource"},
     {"database", "resource"},
     {"scale_set", "resource"},
     {"user", "person"},
     {"redis_user", "person"}}};

void learn_host(decode::Pseudonyms& names, std::string_view text) {
  if (const auto url = fact::parse_url(text)) {
    names.host(url->host);
  } else if (const auto endpoint = fact::parse_endpoint(text)) {
    names.host(endpoint->host);
  } else {
    names.host(text);
  }
}

/// Something with a dot that does not end in a number: a version is no host.
bool may_be_host(std::string_view text) {
  const auto dot = text.rfind('.');
  return dot != std::string_view::npos && dot + 1 < text.size() &&
         (text[dot + 1] < '0' || text[dot + 1] > '9') && text.find(' ') == std::string_view::npos &&
         (text.find('/') == std::string_view::npos || text.find("://") != std::string_view::npos);
}

void learn(decode::Pseudonyms& names, const fact::Value& value) {
  switch (value.kind()) {
    case fact::Kind::host:
    case fact::Kind::url:
    case fact::Kind::endpoint:
      learn_host(names, value.as_text());
      return;
    case fact::Kind::list:
      for (const auto& item : value.as_list()) learn(names, item);
      return;
    case fact::Kind::record:
      for (const auto& [name, field] : value.as_record()) learn(names, field);
      return;
    default:
      return;
  }
}

void learn(decode::Pseudonyms& names, const fact::Observation& seen) {
  if (may_be_host(seen.target)) learn_host(names, seen.target);
  for (const auto& [name, value] : seen.facts) learn(names, value);
  for (const auto& one : seen.tries) learn(names, one);
}

void learn(decode::Pseudonyms& names, const engine::RunResult& run) {
  for (const auto& [name, value] : run.inputs) {
    const auto known = std::ranges::find(kNames, name, &std::pair<std::string_view, std::string_view>::first);
    if (known != kNames.end()) {
      names.name(value, known->second);
    } else if (may_be_host(value)) {
      learn_host(names, value);
    }
  }
  for (const auto& step : run.steps) {
    if (step.observation) learn(names, *step.observation);
  }
}

}  // namespace

void use_stand_ins(CaseReport& report, decode::Pseudonyms& names) {
  for (const auto& id : report.ids) names.keep(id.value);
  for (const auto& run : report.rounds) learn(names, run);
  const auto encode = [&](std::string_view text) { return names.encode(text); };
  // Once to learn all names, so that one that stands alone before its place is met is replaced, too.
  CaseReport learnt = report;
  change_texts(learnt, encode);
  change_texts(report, encode);
  report.pseudonyms = true;
}

}  // namespace aztriage::report
