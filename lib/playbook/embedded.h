#pragma once

#include <span>
#include <string_view>

namespace aztriage::playbook {

/// What the build made of playbooks/: plain constants, so that completion reads no YAML and allocates
/// nothing.
struct EmbeddedStep {
  std::string_view id;
  std::span<const std::string_view> outcomes;
};
struct EmbeddedInput {
  std::string_view name;
  std::span<const std::string_view> choices;  // the playbook's own or those of inputs.yaml
  bool optional = false;                      // said so, or has a default
  bool secret = false;                        // no value of it belongs on a command line
};
struct EmbeddedPlaybook {
  std::string_view id;
  std::string_view title;
  std::string_view text;
  std::span<const EmbeddedInput> inputs;  // in the order of the file
  std::span<const EmbeddedStep> steps;
};
/// In the order of their ids.
std::span<const EmbeddedPlaybook> embedded_playbooks();

/// The data files: inputs.yaml, clouds.yaml, vantage.yaml, <family>/family.yaml, <family>/codes.yaml.
struct EmbeddedFile {
  std::string_view path;  // below playbooks/
  std::string_view text;
};
std::span<const EmbeddedFile> embedded_files();

/// One spelling of an entry of codes.yaml.
struct EmbeddedCode {
  std::string_view code;
  std::string_view family;
  std::string_view means;
};
/// In the order of the families and of their files.
std::span<const EmbeddedCode> embedded_codes();

}  // namespace aztriage::playbook
