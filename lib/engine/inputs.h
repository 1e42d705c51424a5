#pragma once

#include "base/result.h"
#include "playbook/data.h"
#include "playbook/model.h"

#include <map>
#include <string>
#include <vector>

namespace aztriage::engine {

/// Values of a playbook's inputs, typed. A name that is not there is not known (yet).
struct Inputs {
  std::map<std::string, fact::Value, std::less<>> values;
  const fact::Value* find(std::string_view name) const;
};

/// What of the inputs could not be used; empty when all is well.
struct InputProblem {
  std::string name;
  Error error;
};

struct Bound {
  Inputs inputs;
  std::vector<std::string> missing;    // required, without a value or default
  std::vector<InputProblem> problems;  // unknown names, values of a wrong type
};

/// Types the given texts, fills in defaults (which may use other inputs and the cloud), and says what is
/// missing.
Bound bind(const playbook::Playbook& playbook, const std::map<std::string, std::string>& given,
           const playbook::Clouds& clouds, const std::string& cloud);

/// The inputs for people and records: secrets as `***`.
std::map<std::string, std::string> shown(const playbook::Playbook& playbook, const Inputs& inputs);

}  // namespace aztriage::engine
