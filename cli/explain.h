#pragma once

#include "cli/console.h"
#include "fact/failure.h"
#include "playbook/catalog.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// An outcome of a playbook, by its names.
struct OutcomeName {
  std::string playbook;
  std::string step;
  std::string outcome;
};

struct FailureExplained {
  fact::FailureKind kind{};
  std::vector<std::string> probes;    // that this build has, for `next` to name
  std::vector<OutcomeName> outcomes;  // that look at it
};
struct CodeExplained {
  playbook::CodeRow row;
  struct Cause {
    std::string ref;
    std::string title;  // empty where the playbook is not there
  };
  std::vector<Cause> causes;
  std::vector<std::string> docs;  // of these causes
};
struct CauseExplained {
  std::string ref;
  playbook::Cause cause;
  std::vector<OutcomeName> outcomes;  // that speak for it
};

/// What is known of one query.
struct Explained {
  std::string query;
  std::optional<FailureExplained> failure;
  std::vector<CauseExplained> causes;
  std::vector<CodeExplained> codes;
  bool exact = true;                 // false: the codes only contain the words, or are contained in them
  std::vector<std::string> nearest;  // when nothing is known: what may have been meant
  bool empty() const { return !failure && causes.empty() && codes.empty(); }
};

/// Looks failures, causes and codes up in the catalogue. A playbook that can't be read is left out and named
/// in `unread`.
class Explainer {
 public:
  static Result<Explainer> create(const playbook::Catalog& catalog);
  Explained explain(const std::string& query);
  const std::vector<playbook::CodeRow>& codes() const { return codes_; }
  const std::vector<std::string>& unread() const { return unread_; }

 private:
  explicit Explainer(const playbook::Catalog& catalog) : catalog_(&catalog) {}
  const playbook::Playbook* load(const std::string& id);
  FailureExplained of_failure(fact::FailureKind kind);
  CodeExplained of_code(const playbook::CodeRow& row);
  void add_causes(const std::string& query, Explained& explained);
  void add_nearest(Explained& explained);

  const playbook::Catalog* catalog_;
  std::vector<std::string> ids_;
  std::vector<playbook::CodeRow> codes_;
  std::map<std::string, std::optional<playbook::Playbook>> loaded_;
  std::vector<std::string> unread_;
};

std::string explained_text(const std::vector<Explained>& all, const Console& console);
std::string explained_json(const std::vector<Explained>& all);

/// Every failure, and how many codes each family has.
std::string explain_list_text(const std::vector<playbook::CodeRow>& codes, const Console& console);
std::string explain_list_json(const std::vector<playbook::CodeRow>& codes);

}  // namespace aztriage::cli
