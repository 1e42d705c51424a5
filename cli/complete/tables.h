#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// What TAB knows of a built-in playbook, from tables that the build makes: no YAML is read.
struct KnownInput {
  std::string_view name;
  std::string_view type;
  std::string_view ask;
  std::span<const std::string_view> choices;
  bool optional = false;
  bool secret = false;
};
struct KnownStep {
  std::string_view id;
  std::string_view help;
  std::span<const std::string_view> outcomes;
};
struct KnownPlaybook {
  std::string_view id;
  std::string_view title;
  std::span<const KnownInput> inputs;
  std::span<const KnownStep> steps;
};

std::span<const KnownPlaybook> known_playbooks();
const KnownPlaybook* known_playbook_by_id(std::string_view id);
/// By id, or by a part of an id that only one has.
const KnownPlaybook* known_playbook(std::string_view name);

/// Ids of the files in `folders`, in AZTRIAGE_PLAYBOOKS and in the user's own folder, by their names alone.
std::vector<std::string> overlay_ids(std::vector<std::string> folders);

}  // namespace aztriage::cli
