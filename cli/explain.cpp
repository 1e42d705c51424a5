#include "cli/explain.h"

#include "base/suggest.h"
#include "base/text.h"
#include "fact/failure_advice.h"
#include "playbook/code_lookup.h"
#include "playbook/failure_use.h"
#include "probe/registry.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

constexpr std::size_t kMostCodes = 10;

/// The kind that the query is or names: `tcp-reset`, `tcp_reset`, or a system's code anywhere in a message.
std::optional<fact::FailureKind> failure_in(const std::string& query) {
  std::string name = text::lower(text::trim(query));
  std::replace(name.begin(), name.end(), '_', '-');
  if (const auto kind = fact::failure_from_name(name)) return kind;
  std::string word;
  for (const char c : query + " ") {
    const bool sign = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (sign) {
      word += c;
      continue;
    }
    // A plain word such as "refused" is a code only where it stands alone.
    const bool plain = std::none_of(word.begin(), word.end(), [](char d) { return d >= '0' && d <= '9'; }) &&
                       text::lower(word) == word && word != text::trim(query);
    if (const auto kind = fact::failure_of_code(word); kind && !plain) return kind;
    word.clear();
  }
  return std::nullopt;
}

std::vector<OutcomeName> named(const playbook::Playbook& playbook,
                               const std::vector<playbook::FailureUse>& uses) {
  std::vector<OutcomeName> names;
  for (const auto& use : uses) {
    const auto& step = playbook.steps[static_cast<std::size_t>(use.step)];
    names.push_back({playbook.id, step.id, step.outcomes[static_cast<std::size_t>(use.outcome)].name});
  }
  return names;
}

}  // namespace

Result<Explainer> Explainer::create(const playbook::Catalog& catalog) {
  Explainer explainer(catalog);
  auto listings = catalog.list();
  if (!listings) return tl::unexpected<Error>(listings.error());
  for (const auto& one : *listings) explainer.ids_.push_back(one.id);
  auto codes = catalog.codes();
  if (!codes) return tl::unexpected<Error>(codes.error());
  explainer.codes_ = std::move(*codes);
  return explainer;
}

const playbook::Playbook* Explainer::load(const std::string& id) {
  const auto known = loaded_.find(id);
  if (known != loaded_.end()) return known->second ? &*known->second : nullptr;
  auto& place = loaded_[id];
  if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) return nullptr;
  auto loaded = catalog_->load(id);
  if (loaded && loaded->playbook) place = std::move(loaded->playbook);
  if (!place) unread_.push_back(id);
  return place ? &*place : nullptr;
}

FailureExplained Explainer::of_failure(fact::FailureKind kind) {
  FailureExplained result;
  result.kind = kind;
  for (const probe::ProbeSpec* spec : probe::all_probes()) result.probes.emplace_back(spec->name);
  for (const auto& id : ids_) {
    const playbook::Playbook* playbook = load(id);
    if (playbook == nullptr) continue;
    auto outcomes = named(*playbook, playbook::failure_uses(*playbook, kind));
    std::move(outcomes.begin(), outcomes.end(), std::back_inserter(result.outcomes));
  }
  return result;
}

CodeExplained Explainer::of_code(const playbook::CodeRow& row) {
  CodeExplained result{row, {}, {}};
  for (const auto& ref : row.causes) {
    const auto hash = ref.find('#');
    const playbook::Playbook* playbook = load(ref.substr(0, hash));
    const int index =
        playbook == nullptr || hash == ref.npos ? -1 : playbook->cause_index(ref.substr(hash + 1));
    if (index < 0) {
      result.causes.push_back({ref, ""});
      continue;
    }
    const auto& cause = playbook->causes[static_cast<std::size_t>(index)];
    result.causes.push_back({ref, cause.title});
    for (const auto& path : cause.docs) {
      if (std::find(result.docs.begin(), result.docs.end(), path) == result.docs.end())
        result.docs.push_back(path);
    }
  }
  return result;
}

/// `family/scenario#cause`, `scenario#cause`, or the cause's id in every playbook that has it.
void Explainer::add_causes(const std::string& query, Explained& explained) {
  const std::string wanted = text::lower(text::trim(query));
  const auto hash = wanted.find('#');
  const std::string cause = hash == wanted.npos ? wanted : wanted.substr(hash + 1);
  const std::string scenario = hash == wanted.npos ? "" : wanted.substr(0, hash);
  if (cause.empty() || cause.find(' ') != cause.npos) return;
  for (const auto& id : ids_) {
    if (!scenario.empty() && id != scenario && !id.ends_with("/" + scenario)) continue;
    const playbook::Playbook* playbook = load(id);
    const int index = playbook == nullptr ? -1 : playbook->cause_index(cause);
    if (index < 0) continue;
    explained.causes.push_back({id + "#" + cause, playbook->causes[static_cast<std::size_t>(index)],
                                named(*playbook, playbook::outcomes_for(*playbook, index))});
  }
}

void Explainer::add_nearest(Explained& explained) {
  std::vector<std::string> known(fact::failure_names().begin(), fact::failure_names().end());
  for (const auto& [id, playbook] : loaded_) {
    if (!playbook) continue;
    for (const auto& cause : playbook->causes) known.push_back(cause.id);
  }
  for (const auto& row : codes_) {
    for (auto& spelling : playbook::spellings_of(row)) known.push_back(std::move(spelling));
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  explained.nearest = nearest(explained.query, known);
}

Explained Explainer::explain(const std::string& query) {
  Explained result;
  result.query = query;
  if (const auto kind = failure_in(query)) result.failure = of_failure(*kind);
  add_causes(query, result);
  const auto codes = playbook::find_codes(codes_, query);
  result.exact = codes.exact;
  // Words that merely stand in some code say nothing beside a failure or a cause of that very name.
  const bool wanted = codes.exact || (!result.failure && result.causes.empty());
  for (std::size_t i = 0; wanted && i < std::min(codes.rows.size(), kMostCodes); ++i)
    result.codes.push_back(of_code(*codes.rows[i]));
  if (result.empty()) add_nearest(result);
  return result;
}

}  // namespace aztriage::cli
