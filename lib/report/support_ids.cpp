#include "base/text.h"
#include "report/case_report.h"

#include <algorithm>
#include <array>
#include <set>

namespace aztriage::report {
namespace {

constexpr std::size_t kMostIds = 200;
constexpr std::size_t kLongestId = 200;
constexpr std::size_t kShortestId = 6;

/// Facts of readers and probes, and what to call them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFacts = {
    {{"azure-ref", "x-azure-ref"},
     {"request-id", "request id"},
     {"correlation-id", "correlation id"},
     {"trace-id", "trace id"},
     {"activity-id", "activity id"},
     {"tracking-id", "tracking id"}}};
constexpr std::array<std::string_view, 6> kHeaders = {"x-azure-ref",         "x-azure-ref-originshield",
                                                      "x-msedge-ref",        "traceparent",
                                                      "x-ms-exchange-trace", "cf-ray"};
constexpr std::array<std::string_view, 6> kHeaderEnds = {"request-id", "correlation-id", "activity-id",
                                                         "trace-id",   "tracking-id",    "session-id"};
/// As the texts of errors have them, in lower case, with and without a space.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kLabels = {
    {{"trace id", "trace id"},
     {"traceid", "trace id"},
     {"correlation id", "correlation id"},
     {"correlationid", "correlation id"},
     {"request id", "request id"},
     {"requestid", "request id"},
     {"tracking id", "tracking id"},
     {"trackingid", "tracking id"},
     {"activity id", "activity id"},
     {"activityid", "activity id"},
     {"azure ref", "x-azure-ref"},
     {"azure reference", "x-azure-ref"}}};

bool is_header_id(std::string_view header) {
  return std::ranges::find(kHeaders, header) != kHeaders.end() ||
         std::ranges::any_of(kHeaderEnds, [&](std::string_view end) { return header.ends_with(end); });
}

bool is_id_sign(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '+' || c == '/' || c == '=' || c == '.';
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class Finder {
 public:
  std::vector<SupportId> take() { return std::move(found_); }

  void look(const std::string& step, const fact::Observation& seen) {
    step_ = &step;
    seen_ = &seen;
    for (const auto& [name, value] : seen.facts) fact(name, value);
    if (seen.failure) text(seen.failure->text);
    for (const auto& one : seen.tries) look(step, one);
  }

 private:
  void add(std::string_view name, std::string_view value) {
    value = text::trim(value);
    while (!value.empty() && (value.back() == '.' || value.back() == ',')) value.remove_suffix(1);
    if (value.size() < kShortestId || value.size() > kLongestId || found_.size() >= kMostIds) return;
    if (!std::ranges::all_of(value, is_id_sign) || !has_digit(value)) return;
    if (!known_.insert(text::lower(value)).second) return;
    found_.push_back({std::string(name), std::string(value), *step_, seen_->target, seen_->at});
  }

  void fact(std::string_view name, const fact::Value& value) {
    if (value.kind() == fact::Kind::list) {
      for (const auto& item : value.as_list()) fact(name, item);
      return;
    }
    if (value.kind() == fact::Kind::boolean || value.kind() == fact::Kind::number ||
        value.kind() == fact::Kind::record)
      return;
    for (const std::string_view group : {"headers.", "header-values."}) {
      if (!name.starts_with(group)) continue;
      const std::string header = text::lower(name.substr(group.size()));
      if (is_header_id(header)) add(header, value.as_text());
      return;
    }
    const auto last = name.substr(name.rfind('.') + 1);
    for (const auto& [fact_name, shown] : kFacts) {
      if (last == fact_name) return add(shown, value.as_text());
    }
    text(value.as_text());
  }

  /// `Trace ID: ...` in the middle of a text.
  void text(std::string_view whole) {
    const std::string low = text::lower(whole);
    for (const auto& [label, name] : kLabels) {
      std::size_t at = low.find(label);
      for (; at != std::string::npos; at = low.find(label, at + label.size())) {
        std::size_t begin = at + label.size();
        while (begin < low.size() && (low[begin] == ':' || low[begin] == '=' || low[begin] == ' ' ||
                                      low[begin] == '"' || low[begin] == '\''))
          ++begin;
        std::size_t end = begin;
        while (end < low.size() && end - begin <= kLongestId && is_id_sign(low[end])) ++end;
        if (begin > at + label.size()) add(name, whole.substr(begin, end - begin));
      }
    }
  }

  const std::string* step_ = nullptr;
  const fact::Observation* seen_ = nullptr;
  std::set<std::string> known_;
  std::vector<SupportId> found_;
};

}  // namespace

std::vector<SupportId> support_ids(const std::vector<engine::RunResult>& rounds) {
  Finder finder;
  for (const auto& run : rounds) {
    for (const auto& step : run.steps) {
      if (step.observation) finder.look(step.id, *step.observation);
    }
  }
  auto ids = finder.take();
  // Headers name the request itself, texts may repeat another's.
  std::stable_partition(ids.begin(), ids.end(),
                        [](const SupportId& id) { return id.name.starts_with("x-"); });
  return ids;
}

}  // namespace aztriage::report
