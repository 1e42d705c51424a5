#include "base/text.h"
#include "playbook/input_type.h"
#include "playbook/loading.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using fact::Kind;
using fact::ParamSpec;
using source::Code;
using source::Node;

/// Whether a value of one kind can stand where another is due without being read anew.
bool fits(const fact::Type& from, const fact::Type& to, bool list_allowed) {
  if (from.kind == Kind::record) return false;
  if (from.kind == Kind::list)
    return list_allowed && fits({.kind = from.item, .words = from.words}, to, false);
  if (to.kind == Kind::list) return fits(from, {.kind = to.item, .words = to.words}, false);
  if (from.kind == to.kind) {
    if (to.kind != Kind::choice || to.words.empty() || from.words.empty()) return true;
    return std::all_of(from.words.begin(), from.words.end(), [&](std::string_view word) {
      return std::find(to.words.begin(), to.words.end(), word) != to.words.end();
    });
  }
  switch (to.kind) {
    case Kind::text:
      return true;
    case Kind::host:
      return from.kind == Kind::ip;
    case Kind::network:
      return from.kind == Kind::ip;
    default:
      return false;
  }
}

std::string sample_of(const Loading& loading, const match::Resolved& target) {
  if (target.from == match::Resolved::From::input && target.part.empty()) {
    return sample_of(*loading.names.inputs.at(target.name));
  }
  if (target.part == "path") return "/path";
  switch (target.type.kind) {
    case Kind::number:
      return "1";
    case Kind::boolean:
      return "true";
    case Kind::ip:
      return "192.0.2.1";
    case Kind::network:
      return "192.0.2.0/24";
    case Kind::url:
      return "https://host.example/";
    case Kind::endpoint:
      return "host.example:443";
    case Kind::choice:
      return target.type.words.empty() ? "text" : std::string(target.type.words.front());
    default:
      return target.type.kind == Kind::host || target.from == match::Resolved::From::cloud ? "host.example"
                                                                                           : "text";
  }
}

class ParamReader {
 public:
  ParamReader(Loading& loading, int step, const ParamSpec& spec, std::string_view owner)
      : loading_(loading), step_(step), spec_(spec), owner_(owner) {}

  std::optional<Parameter> read(const Node::Entry& entry) {
    Parameter parameter;
    parameter.name = entry.key;
    parameter.span = entry.key_span;
    const Node& value = entry.value;
    if (value.kind == Node::Kind::missing)
      return refuse(Code::P018, value, "is empty", "give it a value or remove it");
    if (spec_.map) return read_map(value, std::move(parameter));
    if (value.kind == Node::Kind::map) return refuse(Code::P013, value, "takes a single value, not a map");
    if (value.kind == Node::Kind::list) {
      if (value.items.empty())
        return refuse(Code::P018, value, "is an empty list", "give it a value or remove it");
      for (const Node& item : value.items) {
        if (item.kind != Node::Kind::scalar) return refuse(Code::P013, item, "takes single values");
        parameter.values.push_back(read_value(item));
      }
      parameter.listed = !spec_.list;
    } else {
      parameter.values.push_back(read_value(value));
      const match::Reference* sole = parameter.values[0].sole_reference();
      parameter.listed = !spec_.list && sole != nullptr && sole->target.type.kind == Kind::list;
    }
    return parameter;
  }

 private:
  std::nullopt_t refuse(Code code, const Node& node, const std::string& what, std::string hint = {}) {
    loading_.diagnostics.error(code, node.span, quoted(spec_.name) + " " + what, {std::move(hint)});
    return std::nullopt;
  }

  std::optional<Parameter> read_map(const Node& value, Parameter parameter) {
    if (value.kind != Node::Kind::map) {
      return refuse(Code::P013, value, "takes names and values, not " + std::string(kind_text(value)),
                    "write it as {NAME: value}");
    }
    if (value.entries.empty()) return refuse(Code::P018, value, "is empty", "give it a value or remove it");
    for (const Node::Entry& entry : value.entries) {
      if (entry.value.kind != Node::Kind::scalar)
        return refuse(Code::P013, entry.value, "takes single values");
      if (text::contains(entry.key, "${")) {
        loading_.diagnostics.error(Code::P039, entry.key_span, "'${' can't stand in a name",
                                   {"write the name out"});
      } else if (entry.key.find_first_of("\r\n:") != std::string::npos || entry.key.empty() ||
                 entry.value.text.find_first_of("\r\n") != std::string::npos) {
        loading_.diagnostics.error(Code::P037, entry.key_span,
                                   "a line break or ':' can't stand in a name or value here");
      }
      parameter.entries.emplace_back(entry.key, read_value(entry.value));
    }
    return parameter;
  }

  Template read_value(const Node& node) {
    const int errors = loading_.diagnostics.error_count();
    const std::string what = "the parameter " + quoted(spec_.name) + " of " + std::string(owner_);
    Template value = parse_filled(
        loading_, node, {.step = step_, .own = false, .facts = true, .secret = spec_.secret, .what = what});
    if (loading_.diagnostics.error_count() == errors && !spec_.map) check(value, node);
    return value;
  }

  void wrong(const Node& node, std::string message, std::string hint = {}) {
    loading_.diagnostics.error(Code::P037, node.span, std::move(message), {std::move(hint)});
  }

  void check(const Template& value, const Node& node) {
    const fact::Type item = spec_.type.kind == Kind::list
                                ? fact::Type{.kind = spec_.type.item, .words = spec_.type.words}
                                : spec_.type;
    if (const match::Reference* sole = value.sole_reference()) {
      if (spec_.required && sole->optional) {
        wrong(node, quoted(spec_.name) + " can't be left out", "remove the '?'");
      }
      // A text may be anything; whether it fits shows when it is there.
      const fact::Type& from = sole->target.type;
      const bool open = (from.kind == Kind::text && item.kind == Kind::choice);
      if (!open && !fits(from, spec_.type, true)) {
        wrong(node,
              quoted(match::name_of(sole->target)) + " (" + fact::describe(from) + ") can't fill " +
                  quoted(spec_.name) + " (" + fact::describe(item) + ")",
              from.kind == Kind::text ? "declare its type under 'facts' or use an input of that type" : "");
      }
      return;
    }
    std::string tried;
    bool open = false;
    for (const Template::Piece& piece : value.pieces()) {
      tried += piece.reference ? sample_of(loading_, piece.reference->target) : piece.literal;
      open = open || piece.reference;
    }
    if (open && item.kind == Kind::choice) return;
    const auto parsed = fact::parse_value(tried, item);
    if (parsed) return;
    wrong(node,
          quoted(spec_.name) + ": " + parsed.error().what +
              (open ? " (with values it becomes " + quoted(tried) + ")" : ""),
          parsed.error().hint);
  }

  Loading& loading_;
  int step_;
  const ParamSpec& spec_;
  std::string_view owner_;
};

void check_required(Loading& loading, const Node& node, std::span<const ParamSpec> specs,
                    std::string_view owner) {
  for (const ParamSpec& spec : specs) {
    if (!spec.required || node.find(spec.name) != nullptr) continue;
    loading.diagnostics.error(Code::P036, node.span,
                              std::string(owner) + " needs the parameter " + quoted(spec.name),
                              {"add '" + std::string(spec.name) + "': " + std::string(spec.help)});
  }
}

void check_tries(Loading& loading, const Node& node, const std::vector<Parameter>& params) {
  std::size_t tries = 1;
  for (const Parameter& parameter : params) {
    if (parameter.listed)
      tries = std::min<std::size_t>(tries * std::max<std::size_t>(1, parameter.values.size()), 1'000'000);
  }
  if (tries <= kMaxTries) return;
  loading.diagnostics.error(Code::P004, node.span,
                            "the lists make " + std::to_string(tries) + " tries, and a step has at most " +
                                std::to_string(kMaxTries),
                            {"use shorter lists or several steps"});
}

}  // namespace

std::vector<Parameter> load_params(Loading& loading, int step, const Node& node,
                                   std::span<const ParamSpec> specs, std::string_view owner) {
  std::vector<Parameter> params;
  for (const Node::Entry& entry : node.entries) {
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.name == entry.key; });
    if (spec == specs.end()) {
      std::vector<std::string> known;
      for (const ParamSpec& s : specs) known.emplace_back(s.name);
      loading.diagnostics.error(
          Code::P035, entry.key_span, std::string(owner) + " has no parameter " + quoted(entry.key),
          {near_or(entry.key, known,
                   known.size() > 8 ? "`aztriage probe --help` says where they are listed"
                                    : "it takes: " + text::join(known, ", "))});
      continue;
    }
    if (auto parameter = ParamReader(loading, step, *spec, owner).read(entry))
      params.push_back(*std::move(parameter));
  }
  check_required(loading, node, specs, owner);
  check_tries(loading, node, params);
  return params;
}

}  // namespace aztriage::playbook
