#pragma once

#include "base/result.h"
#include "playbook/load.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace aztriage::playbook {

/// One playbook that can be had, without having read it.
struct Listing {
  std::string id;
  std::string title;
  std::string origin;    // "built in" or the path of the file
  std::string replaces;  // origin of the playbook with the same id that this one hides, or empty
};

/// The built-in playbooks and data files, and what overlays add to or replace. Nothing is read before it is
/// needed; nothing is ever loaded from the current directory by itself.
class Catalog {
 public:
  /// `overlays`: `--playbooks`, later ones win; `user_folder` ($XDG_CONFIG_HOME/aztriage/playbooks) comes
  /// first.
  Catalog(const Vocabulary& vocabulary, std::vector<std::filesystem::path> overlays);
  ~Catalog();
  Catalog(Catalog&&) noexcept;

  /// An overlay folder that can't be read is an error.
  Result<std::vector<Listing>> list() const;

  struct Loaded {
    std::optional<Playbook> playbook;
    source::Source source;
    source::Diagnostics diagnostics;
    std::string replaces;
  };
  /// `name` is an id, an unambiguous part of one, or a path of a .yaml file. Unknown and ambiguous names are
  /// errors with the nearest ids.
  Result<Loaded> load(std::string_view name) const;

  const InputDictionary& inputs() const;
  const Clouds& clouds() const;
  const VantageData& vantage() const;
  Result<std::vector<Family>> families() const;
  Result<std::vector<CodeRow>> codes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aztriage::playbook
