#include "cli/probe_help.h"

#include "base/duration.h"
#include "base/text.h"
#include "cli/help.h"
#include "probe/registry.h"

namespace aztriage::cli {
namespace {

/// `number`, or the words of a choice.
std::string type_text(const fact::Type& type) {
  if (type.words.empty()) return fact::describe(type);
  return (type.kind == fact::Kind::list ? "some of " : "one of ") +
         text::join({type.words.begin(), type.words.end()}, ", ");
}

std::string parameter_text(const fact::ParamSpec& param) {
  std::string text(param.help);
  std::vector<std::string> more{type_text(param.type)};
  if (param.required) more.emplace_back("required");
  if (!param.default_value.empty()) more.push_back("default " + std::string(param.default_value));
  if (param.list) more.emplace_back("several, with commas between");
  if (param.secret) more.emplace_back("may be secret: NAME=@FILE");
  return text + " (" + text::join(more, "; ") + ")";
}

std::vector<HelpRow> fact_rows(std::span<const fact::FactSpec> facts) {
  std::vector<HelpRow> rows;
  for (const auto& fact : facts) {
    rows.push_back({std::string(fact.name), std::string(fact.help) + " (" + type_text(fact.type) + ")"});
  }
  return rows;
}

}  // namespace

std::string probe_help(const Options& options, std::size_t width) {
  const probe::ProbeSpec* spec =
      options.arguments.empty() ? nullptr : probe::find_probe(options.arguments.front());
  if (spec == nullptr) return {};
  width = help_width(width);
  std::vector<HelpRow> parameters;
  for (const auto& param : spec->params) {
    parameters.push_back({std::string(param.name) + (param.map ? ".NAME" : ""), parameter_text(param)});
  }
  std::vector<std::string> operations(spec->operations.begin(), spec->operations.end());
  std::string result =
      "aztriage probe " + std::string(spec->name) + " - " + std::string(spec->summary) + "\n\n";
  result += "usage: aztriage probe " + std::string(spec->name) + " TARGET... [-w NAME=VALUE...] [options]\n";
  result += help_table("parameters", parameters, width);
  result += help_table("facts of its own", fact_rows(spec->facts), width);
  result += help_table("facts of every probe", fact_rows(fact::head_facts()), width);
  if (!operations.empty()) result += "\nIt does, in this order: " + text::join(operations, ", ") + ".\n";
  result += "It takes at most " + format_duration(spec->timeout) + " unless --timeout says otherwise.\n";
  result += "\n'aztriage probe --help' tells about the options.\n";
  return result;
}

}  // namespace aztriage::cli
