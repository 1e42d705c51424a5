#pragma once

#include "fact/type.h"

#include <span>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

struct ProbeEntry {
  std::string_view name;
  std::string_view summary;
  std::span<const fact::ParamSpec> params;
  std::span<const fact::FactSpec> facts;
  std::span<const std::string_view> operations;  // what `failure.operation` can be
  bool intrusive = false;
};

struct ReaderEntry {
  std::string_view name;
  std::string_view summary;
  std::span<const fact::ParamSpec> params;
  std::span<const fact::FactSpec> facts;
};

/// What can stand in a playbook, given from outside, so that this folder needs neither probes nor readers.
struct Vocabulary {
  std::vector<ProbeEntry> probes;
  std::vector<ReaderEntry> readers;
  std::span<const fact::FactSpec> vantage;  // facts of the reserved step `vantage`
  const ProbeEntry* probe(std::string_view name) const;
  const ReaderEntry* reader(std::string_view name) const;
};

}  // namespace aztriage::playbook
