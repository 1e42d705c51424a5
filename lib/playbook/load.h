#pragma once

#include <optional>

#include "playbook/data.h"
#include "playbook/vocabulary.h"
#include "source/diagnostic.h"

namespace aztriage::playbook {

/// What a playbook may refer to beside itself.
struct World {
  const Vocabulary& vocabulary;
  const InputDictionary& inputs;
  const Clouds& clouds;
  bool built_in = false;  // an input that the dictionary lacks is then an error
};

/// Text -> model. Every mistake is reported; there is a playbook only when none is an error. `id` is
/// "family/scenario". Never throws on any text; at most 1 MiB, 32 levels, 20,000 nodes, aliases expanded within
/// those bounds.
std::optional<Playbook> load(const source::Source& source, std::string_view id, const World& world,
                             source::Diagnostics& diagnostics);

}  // namespace aztriage::playbook
