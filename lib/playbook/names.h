#pragma once

#include "match/reference.h"
#include "playbook/data.h"
#include "playbook/model.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

/// The facts that one step can have.
class StepNames {
 public:
  explicit StepNames(std::string id) : id_(std::move(id)) {}
  const std::string& id() const { return id_; }
  void rename(std::string id) { id_ = std::move(id); }

  /// `facts` must outlive the playbook.
  void add(std::span<const fact::FactSpec> facts) { sets_.push_back(facts); }
  /// A fact that the step declares itself, `group` being what has to have been read for its absence to mean
  /// something. It hides one of the same name.
  void declare(const DeclaredFact& fact, std::string_view group);
  /// A fact whose type is known better here than where it was declared.
  void refine(std::string_view name, const fact::Type& type);
  /// A parameter that has several values, one for each try.
  void vary(std::string_view param, const fact::Type& type);

  /// A fact, a member of an open group, or either with a part; `step` of the result is empty.
  std::optional<match::Resolved> find(std::string_view name) const;
  std::optional<fact::Type> varied(std::string_view param) const;
  /// Full names; an open group as `headers.NAME`.
  std::vector<std::string> known() const;
  /// The first parts of names that have several, or whose values have parts.
  std::vector<std::string> first_parts() const;

 private:
  struct Known {
    std::string group;
    fact::Type type;
  };
  std::optional<Known> exact(std::string_view name) const;
  std::optional<match::Resolved> with_part(std::string_view name) const;
  std::optional<match::Resolved> member(std::string_view name) const;

  std::string id_;
  std::vector<std::span<const fact::FactSpec>> sets_;
  std::map<std::string, Known, std::less<>> own_;
  std::map<std::string, fact::Type, std::less<>> varied_;
};

/// Every name that can stand in one playbook.
struct Names {
  std::deque<StepNames> steps;  // in the playbook's order
  std::map<std::string, int, std::less<>> step_of;
  std::optional<StepNames> vantage;
  std::map<std::string, const Input*, std::less<>> inputs;
  const Clouds* clouds = nullptr;
};

/// What can be named at one place of the playbook.
class NameScope final : public match::Scope {
 public:
  /// `step` is the index of the step that the place belongs to, or -1. Without `facts` only inputs and cloud
  /// entries can be named.
  NameScope(const Names& names, int step, bool facts = true) : names_(names), step_(step), facts_(facts) {}

  std::optional<match::Resolved> resolve(std::string_view name, bool own) const override;
  std::vector<std::string> known_names(bool own) const override;
  std::optional<fact::Type> varied(std::string_view step, std::string_view name) const override;

 private:
  const StepNames* step_named(std::string_view id) const;
  std::optional<match::Resolved> of_step(std::string_view name, bool own) const;
  std::optional<match::Resolved> of_input(std::string_view name) const;
  std::optional<match::Resolved> of_cloud(std::string_view name) const;

  const Names& names_;
  int step_;
  bool facts_;
};

}  // namespace aztriage::playbook
