#include "playbook/vocabulary.h"

#include <algorithm>

namespace aztriage::playbook {

const ProbeEntry* Vocabulary::probe(std::string_view name) const {
  const auto found =
      std::find_if(probes.begin(), probes.end(), [&](const ProbeEntry& probe) { return probe.name == name; });
  return found == probes.end() ? nullptr : &*found;
}

const ReaderEntry* Vocabulary::reader(std::string_view name) const {
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [&](const ReaderEntry& reader) { return reader.name == name; });
  return found == readers.end() ? nullptr : &*found;
}

}  // namespace aztriage::playbook
