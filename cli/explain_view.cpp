#include "base/text.h"
#include "cli/explain.h"
#include "fact/failure_advice.h"
#include "report/page.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;
using report::Page;
using report::Tone;

constexpr std::string_view kLearn = "https://learn.microsoft.com";
constexpr std::size_t kMostOutcomes = 12;  // on a screen

std::string dumped(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

void add_title(Page& page, std::string_view title, std::string_view text) {
  page.line({}, {title, Tone::strong, text::width(title) + 2}, text, 0);
}

/// `playbook: step outcome, step outcome`, one line a playbook.
void add_outcomes(Page& page, std::string_view label, const std::vector<OutcomeName>& outcomes) {
  std::size_t shown = 0;
  for (std::size_t i = 0; i < outcomes.size() && shown < kMostOutcomes;) {
    std::string text = outcomes[i].playbook + ":";
    const std::string& playbook = outcomes[i].playbook;
    for (std::string between = " "; i < outcomes.size() && outcomes[i].playbook == playbook; between = ", ") {
      text += between + outcomes[i].step + " " + outcomes[i].outcome;
      ++i;
      ++shown;
    }
    page.line(shown > 0 && label.empty() ? "" : label, text);
    label = {};
  }
  if (shown < outcomes.size())
    page.line("", std::to_string(outcomes.size() - shown) + " more; -o json has all of them");
}

void add_failure(Page& page, const FailureExplained& failure) {
  add_title(page, fact::failure_name(failure.kind), fact::failure_meaning(failure.kind));
  const auto& advice = fact::failure_advice(failure.kind);
  std::string_view label = "  often since";
  for (const auto cause : advice.causes) {
    page.line(label, cause);
    label = {};
  }
  label = "  look at";
  for (const auto& next : advice.next) {
    page.line(label,
              (next.probe.empty() ? "" : "probe " + std::string(next.probe) + ": ") + std::string(next.what));
    label = {};
  }
  if (failure.outcomes.empty()) {
    page.line("  in playbooks", "no outcome looks at this failure by name");
  } else {
    add_outcomes(page, "  in playbooks", failure.outcomes);
  }
}

void add_docs(Page& page, const std::vector<std::string>& docs) {
  std::string_view label = "  read";
  for (const auto& path : docs) {
    page.whole(label, std::string(kLearn) + path);
    label = {};
  }
}

void add_code(Page& page, const CodeExplained& code) {
  add_title(page, code.row.code, code.row.means);
  page.line("  family",
            code.row.family + (code.row.seen_in.empty() ? "" : ", seen in the " + code.row.seen_in));
  std::string_view label = "  points to";
  for (const auto& cause : code.causes) {
    page.line(label, cause.ref + (cause.title.empty() ? "" : ": " + cause.title));
    label = {};
  }
  if (!code.row.action.empty()) page.line("  do", code.row.action);
  for (const auto& cause : code.causes) {
    if (cause.title.empty()) continue;
    page.whole("  isolate", "aztriage walk " + cause.ref.substr(0, cause.ref.find('#')));
    break;
  }
  add_docs(page, code.docs);
}

std::string written(const match::Template& text) {
  std::string result;
  for (const auto& piece : text.pieces())
    result += piece.reference ? "${" + match::name_of(piece.reference->target) + "}" : piece.literal;
  return result;
}

void add_cause(Page& page, const CauseExplained& explained) {
  const auto& cause = explained.cause;
  add_title(page, explained.ref, cause.title);
  if (!cause.explain.empty()) page.line("  meaning", cause.explain);
  if (!cause.see.empty()) page.line("  goes on in", cause.see);
  add_outcomes(page, "  shown by", explained.outcomes);
  for (const auto& workaround : cause.workarounds) page.line("  workaround", written(workaround.action));
  if (!cause.fix.empty()) page.line("  fix", cause.fix);
  page.whole("  isolate", "aztriage walk " + explained.ref.substr(0, explained.ref.find('#')));
  add_docs(page, cause.docs);
}

Json json_of(const std::vector<OutcomeName>& outcomes) {
  Json list = Json::array();
  for (const auto& one : outcomes)
    list.push_back({{"playbook", one.playbook}, {"step", one.step}, {"outcome", one.outcome}});
  return list;
}

Json json_of(const FailureExplained& failure) {
  const auto& advice = fact::failure_advice(failure.kind);
  Json next = Json::array();
  for (const auto& look : advice.next)
    next.push_back({{"probe", text_or_null(look.probe)}, {"what", std::string(look.what)}});
  return {{"kind", "failure"},
          {"name", fact::failure_name(failure.kind)},
          {"means", fact::failure_meaning(failure.kind)},
          {"often", advice.causes},
          {"next", std::move(next)},
          {"outcomes", json_of(failure.outcomes)}};
}

Json addresses(const std::vector<std::string>& docs) {
  Json list = Json::array();
  for (const auto& path : docs) list.push_back(std::string(kLearn) + path);
  return list;
}

Json json_of(const CodeExplained& code) {
  Json causes = Json::array();
  for (const auto& cause : code.causes)
    causes.push_back({{"ref", cause.ref}, {"title", text_or_null(cause.title)}});
  return {{"kind", "code"},
          {"name", code.row.code},
          {"means", code.row.means},
          {"family", code.row.family},
          {"seen_in", text_or_null(code.row.seen_in)},
          {"do", text_or_null(code.row.action)},
          {"causes", std::move(causes)},
          {"docs", addresses(code.docs)}};
}

Json json_of(const CauseExplained& explained) {
  const auto& cause = explained.cause;
  Json workarounds = Json::array();
  for (const auto& workaround : cause.workarounds) workarounds.push_back(written(workaround.action));
  return {{"kind", "cause"},
          {"name", explained.ref},
          {"means", cause.title},
          {"explain", text_or_null(cause.explain)},
          {"see", text_or_null(cause.see)},
          {"workaround", std::move(workarounds)},
          {"fix", text_or_null(cause.fix)},
          {"outcomes", json_of(explained.outcomes)},
          {"docs", addresses(cause.docs)}};
}

/// How many codes each family has, in the order of the families.
std::vector<std::pair<std::string, std::size_t>> counted(const std::vector<playbook::CodeRow>& codes) {
  std::vector<std::pair<std::string, std::size_t>> families;
  for (const auto& row : codes) {
    if (families.empty() || families.back().first != row.family) families.emplace_back(row.family, 0);
    ++families.back().second;
  }
  return families;
}

report::Style style_of(const Console& console) {
  return {.color = console.colored(), .width = std::min<std::size_t>(console.width(), 110), .time = {}};
}

}  // namespace

std::string explained_text(const std::vector<Explained>& all, const Console& console) {
  const report::Style style = style_of(console);
  Page page(style);
  bool first = true;
  const auto space = [&] {
    if (!first) page.blank();
    first = false;
  };
  for (const auto& one : all) {
    if (one.failure) {
      space();
      add_failure(page, *one.failure);
    }
    for (const auto& cause : one.causes) {
      space();
      add_cause(page, cause);
    }
    for (const auto& code : one.codes) {
      space();
      add_code(page, code);
    }
  }
  return page.take();
}

std::string explained_json(const std::vector<Explained>& all) {
  Json document;
  document["schema"] = 1;
  auto& list = document["explained"] = Json::array();
  for (const auto& one : all) {
    Json matches = Json::array();
    if (one.failure) matches.push_back(json_of(*one.failure));
    for (const auto& cause : one.causes) matches.push_back(json_of(cause));
    for (const auto& code : one.codes) matches.push_back(json_of(code));
    const bool exact = !one.empty() && (one.failure || !one.causes.empty() || one.exact);
    list.push_back(
        {{"query", one.query}, {"exact", exact}, {"matches", std::move(matches)}, {"nearest", one.nearest}});
  }
  return dumped(document);
}

std::string explain_list_text(const std::vector<playbook::CodeRow>& codes, const Console& console) {
  const report::Style style = style_of(console);
  Page page(style);
  std::size_t column = 0;
  for (const auto name : fact::failure_names()) column = std::max(column, name.size() + 2);
  page.line({}, {"failures", Tone::strong, 10}, "what a probe can fail with", 0);
  for (const auto name : fact::failure_names())
    page.line("  " + std::string(name), fact::failure_meaning(*fact::failure_from_name(name)), column + 2);
  page.blank();
  page.line({}, {"codes", Tone::strong, 10}, "what Azure's services and their logs emit; TAB completes them",
            0);
  for (const auto& [family, count] : counted(codes))
    page.line("  " + family, std::to_string(count) + (count == 1 ? " code" : " codes"), column + 2);
  return page.take();
}

std::string explain_list_json(const std::vector<playbook::CodeRow>& codes) {
  Json document;
  document["schema"] = 1;
  auto& failures = document["failures"] = Json::array();
  for (const auto name : fact::failure_names())
    failures.push_back({{"name", name}, {"means", fact::failure_meaning(*fact::failure_from_name(name))}});
  auto& list = document["codes"] = Json::array();
  for (const auto& row : codes)
    list.push_back({{"name", row.code}, {"family", row.family}, {"means", row.means}});
  return dumped(document);
}

}  // namespace aztriage::cli
