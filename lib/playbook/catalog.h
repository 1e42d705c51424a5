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

/// A file with the mistakes in it.
struct Checked {
  source::Source source;
  source::Diagnostics diagnostics;
};

/// The built-in playbooks and data files, and what overlays add to or replace. Nothing is read before it is
/// needed; nothing is ever loaded from the current directory by itself.
class Catalog {
 public:
  /// `overlays` are folders of FAMILY/SCENARIO.yaml, later ones win; each may have family.yaml and
  /// codes.yaml, too. `vocabulary` must outlive the catalogue.
  Catalog(const Vocabulary& vocabulary, std::vector<std::filesystem::path> overlays, Checks checks = {});
  ~Catalog();
  Catalog(Catalog&&) noexcept;

  /// In the order of ids. An overlay folder that can't be read is an error.
  Result<std::vector<Listing>> list() const;

  struct Loaded {
    std::optional<Playbook> playbook;
    source::Source source;
    source::Diagnostics diagnostics;
    std::string replaces;
  };
  /// `name` is an id, an unambiguous part of one, or the path of a .yaml file (whose id is then the folder's
  /// name and its own). Unknown and ambiguous names are errors with the nearest ids.
  Result<Loaded> load(std::string_view name) const;
  /// A playbook out of a record. It counts as built in only when this build has the very same text.
  Loaded load_text(const std::string& id, std::string text) const;
  /// The id that a name stands for; a path stays as it is.
  Result<std::string> find(std::string_view name) const;

  const InputDictionary& inputs() const;
  const Clouds& clouds() const;
  const VantageData& vantage() const;
  Result<std::vector<Family>> families() const;
  Result<std::vector<CodeRow>> codes() const;

  /// Every data file with what is wrong with it, for `playbook lint`.
  Result<std::vector<Checked>> check_data() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aztriage::playbook
