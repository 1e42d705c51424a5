#pragma once

#include "playbook/data.h"
#include "playbook/vocabulary.h"
#include "source/diagnostic.h"

#include <functional>
#include <optional>

namespace aztriage::playbook {

/// Checks that need what this folder may not include. An empty one is not made.
struct Checks {
  /// The highest probability that any answers could give each listed cause.
  std::function<std::vector<double>(const Playbook&)> best_cases;
  /// Whether a command only reads and prints no secrets; the error says why not.
  std::function<Result<void>(const std::vector<std::string>& argv)> read_only;
};

/// What a playbook may refer to beside itself.
struct World {
  const Vocabulary& vocabulary;
  const InputDictionary& inputs;
  const Clouds& clouds;
  bool built_in = false;  // an input that the dictionary lacks is then an error
  Checks checks = {};
  const std::vector<std::string>* playbooks = nullptr;  // ids that `see` may lead to; nullptr: not checked
};

/// Text -> model. Every mistake is reported; there is a playbook only when none is an error. `id` is
/// "family/scenario". Never throws on any text; at most 1 MiB, 32 levels, 20,000 nodes, aliases expanded
/// within those bounds.
std::optional<Playbook> load(const source::Source& source, std::string_view id, const World& world,
                             source::Diagnostics& diagnostics);

/// The JSON Schema (2020-12) of the format, from the same tables that the reader uses.
std::string playbook_schema();

}  // namespace aztriage::playbook
