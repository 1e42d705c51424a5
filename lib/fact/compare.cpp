#include "fact/compare.h"

#include "base/text.h"
#include "fact/noise.h"

#include <algorithm>
#include <array>
#include <map>

namespace aztriage::fact {
namespace {

constexpr std::string_view kMissing = "not there";

constexpr std::array<std::string_view, 8> kLayers = {"resolve", "connect",  "proxy", "handshake",
                                                     "request", "response", "body",  "judgement"};

const FactSpec* find_spec(std::span<const FactSpec> specs, std::string_view name) {
  const auto found = std::find_if(specs.begin(), specs.end(), [&](const FactSpec& spec) {
    const bool open = spec.name.ends_with(".*");
    return open ? name.starts_with(spec.name.substr(0, spec.name.size() - 1)) : spec.name == name;
  });
  return found == specs.end() ? nullptr : &*found;
}

std::string failure_text(const std::optional<Failure>& failure) {
  if (!failure) return "none";
  std::string text(failure_name(failure->kind));
  if (!failure->operation.empty()) text += " at " + failure->operation;
  if (!failure->code.empty()) text += " (" + failure->code + ")";
  return text;
}

/// Every address that a look was told of or tried.
std::set<std::string> addresses_of(const Observation& o) {
  std::set<std::string> all;
  if (!o.address.empty()) all.insert(o.address);
  for (const Observation& one : o.tries) {
    if (!one.address.empty()) all.insert(one.address);
  }
  const auto listed = o.facts.find("addresses");
  if (listed != o.facts.end() && listed->second.kind() == Kind::list) {
    for (const Value& item : listed->second.as_list()) all.insert(to_text(item));
  }
  return all;
}

/// The items of a list as texts; sorted where their order says nothing, as in answers of name servers.
std::vector<std::string> items_of(const Value& list, bool sorted) {
  std::vector<std::string> items;
  for (const Value& item : list.as_list()) {
    if (item.kind() != Kind::record) {
      items.push_back(to_text(item));
      continue;
    }
    Value::Record fields = item.as_record();
    std::erase_if(fields, [](const auto& field) { return is_noise(field.first, nullptr); });
    items.push_back(to_text(Value::record(std::move(fields))));
  }
  if (sorted) std::sort(items.begin(), items.end());
  return items;
}

bool same_value(std::string_view name, const Value& a, const Value& b) {
  if (a.kind() == Kind::list && b.kind() == Kind::list)
    return items_of(a, name != "chain") == items_of(b, name != "chain");
  return a.same_as(b);
}

std::string shown(const Look& look) {
  if (!look.value) return std::string(kMissing);
  if (look.value->kind() != Kind::list) return to_text(*look.value);
  const std::string text = text::join(items_of(*look.value, false), "; ");
  return text.empty() ? "empty" : text;
}

class Comparison {
 public:
  Comparison(const Observation& a, const Observation& b, std::span<const FactSpec> declared,
             const std::set<std::string>& expected)
      : a_(a), b_(b), declared_(declared), expected_(expected), same_body_(same_body()) {}

  Compared run() {
    compare_failures();
    compare_places();
    compare_tries();
    std::set<std::string, std::less<>> names;
    for (const auto& [name, value] : a_.facts) names.insert(name);
    for (const auto& [name, value] : b_.facts) names.insert(name);
    for (const std::string& name : names) compare_fact(name);
    std::stable_sort(result_.differences.begin(), result_.differences.end(),
                     [](const Difference& x, const Difference& y) { return x.layer < y.layer; });
    return std::move(result_);
  }

 private:
  bool is_expected(const std::string& name) const {
    return std::any_of(expected_.begin(), expected_.end(), [&](const std::string& one) {
      return one.ends_with('*') ? name.starts_with(one.substr(0, one.size() - 1)) : one == name;
    });
  }

  void add(Layer layer, const std::string& name, std::string a, std::string b) {
    auto& list = is_expected(name) ? result_.expected : result_.differences;
    list.push_back({layer, name, std::move(a), std::move(b)});
  }

  bool same_body() const {
    const auto a = a_.facts.find("body");
    const auto b = b_.facts.find("body");
    return a != a_.facts.end() && b != b_.facts.end() &&
           without_noise(to_text(a->second)) == without_noise(to_text(b->second));
  }

  void compare_failures() {
    const auto& a = a_.failure;
    const auto& b = b_.failure;
    if (!a && !b) return;
    const bool same = a && b && a->kind == b->kind && a->operation == b->operation && a->code == b->code;
    if (same) return;
    const Layer at_a = a ? layer_of_operation(a->operation) : Layer::judgement;
    const Layer at_b = b ? layer_of_operation(b->operation) : Layer::judgement;
    add(std::min(at_a, at_b), "failure", failure_text(a), failure_text(b));
  }

  /// Where the connection went.
  void compare_places() {
    if (!a_.address.empty() && !b_.address.empty() && a_.address != b_.address) {
      // One of several addresses that both know of: which one answers first is chance.
      if (addresses_of(a_).contains(b_.address) && addresses_of(b_).contains(a_.address)) {
        result_.noise.emplace_back("address");
      } else {
        add(Layer::resolve, "address", a_.address, b_.address);
      }
    }
    if (a_.family != 0 && b_.family != 0 && a_.family != b_.family)
      add(Layer::connect, "family", std::to_string(a_.family), std::to_string(b_.family));
    if (a_.proxy != b_.proxy)
      add(Layer::proxy, "proxy", a_.proxy.empty() ? "none" : a_.proxy, b_.proxy.empty() ? "none" : b_.proxy);
  }

  static std::string state_of(const Observation& one) {
    return one.failure    ? std::string(failure_name(one.failure->kind))
           : one.answered ? "answered"
                          : "no answer";
  }

  /// Addresses that both tried, with another end.
  void compare_tries() {
    std::map<std::string, std::string> first;
    for (const Observation& one : a_.tries) first[one.address] = state_of(one);
    for (const Observation& one : b_.tries) {
      const auto known = first.find(one.address);
      if (one.address.empty() || known == first.end() || known->second == state_of(one)) continue;
      add(Layer::connect, "tries " + one.address, known->second, state_of(one));
    }
  }

  bool follows_from_body(const std::string& name) const {
    return same_body_ && (name == "body" || name == "digest" || name == "size" || name == "decoded-size" ||
                          name == "headers.content-length");
  }

  void compare_fact(const std::string& name) {
    const FactSpec* spec = find_spec(declared_, name);
    const std::string group(spec != nullptr ? group_of(*spec)
                                            : std::string_view(name).substr(0, name.find('.')));
    // The list of a header's values repeats the header.
    if (name.starts_with("header-values.")) return;
    const Look a = look(a_, name, group);
    const Look b = look(b_, name, group);
    if (!a.value && !b.value) return;
    if (!a.value || !b.value) {
      const bool sure = (a.value || a.known) && (b.value || b.known);
      const bool failed = a_.failure.has_value() || b_.failure.has_value();
      if (!sure && failed) return;
    } else if (same_value(name, *a.value, *b.value)) {
      return;
    }
    const bool told_apart =
        is_noise(name, spec) || follows_from_body(name) ||
        (a.value && b.value && same_without_noise(name, to_text(*a.value), to_text(*b.value)));
    if (told_apart) {
      result_.noise.push_back(name);
    } else {
      add(layer_of_fact(a_.probe.empty() ? b_.probe : a_.probe, name), name, shown(a), shown(b));
    }
  }

  const Observation& a_;
  const Observation& b_;
  std::span<const FactSpec> declared_;
  const std::set<std::string>& expected_;
  bool same_body_;
  Compared result_;
};

}  // namespace

std::string_view layer_name(Layer layer) {
  return kLayers[static_cast<std::size_t>(layer)];
}

Layer layer_of_operation(std::string_view operation) {
  if (operation == "resolve") return Layer::resolve;
  if (operation == "connect") return Layer::connect;
  if (operation == "proxy") return Layer::proxy;
  if (operation == "handshake" || operation == "starttls") return Layer::handshake;
  if (operation == "send" || operation == "request") return Layer::request;
  return operation == "body" ? Layer::body : Layer::response;
}

Layer layer_of_fact(std::string_view probe, std::string_view name) {
  if (probe == "dns") return Layer::resolve;
  const std::string_view first = name.substr(0, name.find('.'));
  const auto among = [](std::string_view word, auto... words) { return ((word == words) || ...); };
  if (among(first, "resolved-by", "addresses", "alias", "class")) return Layer::resolve;
  if (among(first, "certificate", "chain", "sent", "protocol", "cipher", "alpn", "alert", "cut", "ocsp",
            "accepted", "client-certificate-asked", "client-authorities"))
    return Layer::handshake;
  if (among(first, "sent-host", "sent-sni", "asked", "withheld")) return Layer::request;
  if (among(first, "body", "title", "size", "decoded-size", "digest", "complete", "encoding", "json"))
    return Layer::body;
  return Layer::response;
}

Compared compare(const Observation& a, const Observation& b, std::span<const FactSpec> declared,
                 const std::set<std::string>& expected) {
  return Comparison(a, b, declared, expected).run();
}

}  // namespace aztriage::fact
