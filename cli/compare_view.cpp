#include "cli/compare_view.h"

#include "base/text.h"
#include "cli/columns.h"
#include "probe/registry.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using fact::Layer;
using Json = nlohmann::ordered_json;

constexpr std::size_t kLabel = 14;
constexpr std::size_t kMostShown = 40;  // differences after the first layer, on a screen
constexpr std::size_t kMostValue = 160;

/// What is another one just since another host was asked.
const std::set<std::string>& follows_from_target() {
  static const std::set<std::string> names = {"address",
                                              "family",
                                              "sent-host",
                                              "sent-sni",
                                              "asked",
                                              "final-url",
                                              "addresses",
                                              "chain",
                                              "sent",
                                              "certificate.subject*",
                                              "alias",
                                              "last",
                                              "records",
                                              "certificate.names*",
                                              "certificate.serial*",
                                              "resolved-by",
                                              "certificate.thumbprint*",
                                              "certificate.issuer*",
                                              "certificate.root*",
                                              "certificate.not-*",
                                              "certificate.key*",
                                              "certificate.left"};
  return names;
}

class Comparer {
 public:
  Comparer(Saved a, Saved b, const std::set<std::string>& expected) : expected_(expected) {
    result_.a = std::move(a);
    result_.b = std::move(b);
  }

  Comparison run() {
    const auto& a = result_.a.looks;
    const auto& b = result_.b.looks;
    several_ = a.size() > 1 || b.size() > 1;
    if (!several_) {
      compare_looks(a.front(), b.front());
    } else {
      pair_by_label();
    }
    compare_judged();
    std::stable_sort(result_.differences.begin(), result_.differences.end(),
                     [](const auto& x, const auto& y) { return x.what.layer < y.what.layer; });
    std::sort(result_.noise.begin(), result_.noise.end());
    result_.noise.erase(std::unique(result_.noise.begin(), result_.noise.end()), result_.noise.end());
    return std::move(result_);
  }

 private:
  void pair_by_label() {
    std::vector<bool> used(result_.b.looks.size());
    for (const SavedLook& one : result_.a.looks) {
      std::size_t at = 0;
      while (at < used.size() && (used[at] || result_.b.looks[at].label != one.label)) ++at;
      if (at == used.size()) {
        result_.only_a.push_back(one.label);
        continue;
      }
      used[at] = true;
      compare_looks(one, result_.b.looks[at]);
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) result_.only_b.push_back(result_.b.looks[i].label);
    }
  }

  void compare_looks(const SavedLook& a, const SavedLook& b) {
    ++result_.pairs;
    const std::string label = several_ ? a.label : "";
    if (a.outcome != b.outcome)
      result_.differences.push_back(
          {label, {Layer::judgement, "outcome", or_none(a.outcome), or_none(b.outcome)}});
    if (!a.seen || !b.seen) return;
    if (a.seen->probe != b.seen->probe) {
      result_.differences.push_back({label, {Layer::request, "probe", a.seen->probe, b.seen->probe}});
      return;
    }
    auto expected = expected_;
    if (a.seen->target != b.seen->target) {
      expected.insert(follows_from_target().begin(), follows_from_target().end());
      result_.expected.push_back({label, {Layer::request, "target", a.seen->target, b.seen->target}});
    }
    const probe::ProbeSpec* spec = probe::find_probe(a.seen->probe);
    auto compared = fact::compare(
        *a.seen, *b.seen, spec == nullptr ? std::span<const fact::FactSpec>{} : spec->facts, expected);
    for (auto& one : compared.differences) result_.differences.push_back({label, std::move(one)});
    for (auto& one : compared.expected) result_.expected.push_back({label, std::move(one)});
    for (auto& one : compared.noise) result_.noise.push_back(std::move(one));
  }

  void compare_judged() {
    for (const auto& [name, value] : result_.a.judged) {
      const auto other = result_.b.judged.find(name);
      if (other == result_.b.judged.end() || other->second == value) continue;
      result_.differences.push_back({"", {Layer::judgement, name, or_none(value), or_none(other->second)}});
    }
  }

  static std::string or_none(const std::string& text) { return text.empty() ? "none" : text; }

  const std::set<std::string>& expected_;
  bool several_ = false;
  Comparison result_;
};

std::string label(const Console& console, std::string_view name) {
  return "  " + console.paint(Style::dim, padded(name, kLabel));
}

/// A and B in one line when they are short, else below each other.
std::string difference_text(const FoundDifference& one, const Console& console) {
  const std::string a = text::printable(one.what.a, kMostValue);
  const std::string b = text::printable(one.what.b, kMostValue);
  std::string name = one.label.empty() ? one.what.name : one.label + " " + one.what.name;
  name = text::printable(name, 80);
  const bool short_ones = text::width(name) < kLabel && text::width(a) + text::width(b) < 56;
  if (short_ones) return label(console, name) + a + console.paint(Style::dim, " | ") + b + "\n";
  std::string out = "  " + console.paint(Style::dim, name) + "\n";
  return out + label(console, "    A") + a + "\n" + label(console, "    B") + b + "\n";
}

std::string side_text(std::string_view side, const Saved& saved, const Console& console) {
  std::string out = console.paint(Style::strong, side) + "  " + text::printable(saved.name);
  if (!saved.what.empty() && saved.what != saved.name) out += "  " + text::printable(saved.what);
  if (!saved.at.empty()) out += "  " + text::printable(saved.at);
  out += "\n";
  return saved.said.empty() ? out : out + "     " + text::printable(saved.said) + "\n";
}

std::string unpaired_text(std::string_view side, const std::vector<std::string>& labels,
                          const Console& console) {
  if (labels.empty()) return {};
  return label(console, "only in " + std::string(side)) + text::printable(text::join(labels, ", ")) + "\n";
}

/// The layers before the first difference: what they have in common.
std::string common_layers(Layer first) {
  std::vector<std::string> names;
  for (int i = 0; i < static_cast<int>(first); ++i)
    names.emplace_back(fact::layer_name(static_cast<Layer>(i)));
  return text::join(names, ", ");
}

std::string rest_text(const Comparison& comparison, Layer first, const Console& console) {
  std::string out;
  std::size_t shown = 0;
  std::size_t hidden = 0;
  std::optional<Layer> layer;
  for (const auto& one : comparison.differences) {
    if (one.what.layer == first) continue;
    if (shown >= kMostShown && !console.verbose()) {
      ++hidden;
      continue;
    }
    if (one.what.layer != layer) {
      layer = one.what.layer;
      out += std::string(fact::layer_name(*layer)) + "\n";
    }
    out += difference_text(one, console);
    ++shown;
  }
  if (hidden > 0) out += std::to_string(hidden) + " more with -v\n";
  return out.empty() ? out : "\nthen, perhaps only as a consequence\n" + out;
}

Json side_json(const Saved& saved) {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"name", saved.name},
          {"what", or_null(saved.what)},
          {"at", or_null(saved.at)},
          {"said", or_null(saved.said)}};
}

Json list_json(const std::vector<FoundDifference>& differences) {
  Json list = Json::array();
  for (const auto& one : differences) {
    list.push_back({{"layer", fact::layer_name(one.what.layer)},
                    {"step", one.label.empty() ? Json(nullptr) : Json(one.label)},
                    {"name", one.what.name},
                    {"a", one.what.a},
                    {"b", one.what.b}});
  }
  return list;
}

}  // namespace

Comparison compare_saved(Saved a, Saved b, const std::set<std::string>& expected) {
  return Comparer(std::move(a), std::move(b), expected).run();
}

std::string comparison_text(const Comparison& comparison, const Console& console) {
  std::string out = side_text("A", comparison.a, console) + side_text("B", comparison.b, console) + "\n";
  if (comparison.same()) {
    out += console.paint(Style::good, "the same") + " in every layer\n";
  } else if (!comparison.differences.empty()) {
    const Layer first = comparison.differences.front().what.layer;
    const std::string common = common_layers(first);
    if (!common.empty()) out += console.paint(Style::good, "the same") + " up to here: " + common + "\n";
    out += console.paint(Style::bad, "DIFFERS") + " first at " +
           console.paint(Style::strong, fact::layer_name(first)) + "\n";
    for (const auto& one : comparison.differences) {
      if (one.what.layer == first) out += difference_text(one, console);
    }
    out += rest_text(comparison, first, console);
  }
  out += unpaired_text("A", comparison.only_a, console) + unpaired_text("B", comparison.only_b, console);
  if (console.quiet()) return out;
  if (!comparison.expected.empty() && !console.verbose()) {
    out += label(console, "not told") + std::to_string(comparison.expected.size()) +
           " that follow from what was asked; -v shows them\n";
  }
  if (!comparison.expected.empty() && console.verbose()) {
    out += "\nfollows from what was asked\n";
    for (const auto& one : comparison.expected) out += difference_text(one, console);
  }
  if (!comparison.noise.empty()) {
    std::string names = std::to_string(comparison.noise.size()) + " that are new in each answer (times, ids)";
    if (console.verbose()) names += ": " + text::printable(text::join(comparison.noise, ", "), 2000);
    out += label(console, "not told") + names + "\n";
  }
  return out;
}

std::string comparison_json(const Comparison& comparison) {
  Json document;
  document["schema"] = 1;
  document["same"] = comparison.same();
  const bool any = !comparison.differences.empty();
  document["layer"] = any ? Json(fact::layer_name(comparison.differences.front().what.layer)) : Json(nullptr);
  document["a"] = side_json(comparison.a);
  document["b"] = side_json(comparison.b);
  document["differences"] = list_json(comparison.differences);
  document["expected"] = list_json(comparison.expected);
  document["noise"] = comparison.noise;
  document["only_a"] = comparison.only_a;
  document["only_b"] = comparison.only_b;
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace aztriage::cli
