#pragma once

#include "base/result.h"
#include "cli/command.h"
#include "playbook/data.h"
#include "playbook/model.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// Values of inputs for one run, as people wrote them; `engine::bind` types them.
using InputTexts = std::map<std::string, std::string>;

inline constexpr std::size_t kMostRuns = 100;

/// What --set, the bare values behind the playbook, --inputs and AZTRIAGE_INPUT_... give, in this order of
/// precedence, checked against the playbook. Several values of one name make one run each, and all
/// combinations when several names have several; more than kMostRuns is an error. --set refuses secrets,
/// since a command line is seen by everybody on the machine. `dictionary` tells a misspelt name in a file
/// from one that another playbook takes.
Result<std::vector<InputTexts>> given_inputs(const Options& options, const std::vector<std::string>& bare,
                                             const playbook::Playbook& playbook,
                                             const playbook::InputDictionary& dictionary);

/// What is known already of a step: an outcome, or a text for its reader.
struct GivenAnswer {
  std::string step;
  std::string outcome;
  std::optional<std::string> text;
};
/// --answer and --answers, checked against the playbook's steps and outcomes; `?` is "don't know".
Result<std::vector<GivenAnswer>> given_answers(const Options& options, const playbook::Playbook& playbook);

/// `name=value` cut at the first `=`; an error without one. `option` is how people know it.
struct Pair {
  std::string name;
  std::string value;
};
Result<Pair> split_pair(std::string_view option, const std::string& text, std::string_view form);

/// At most one option may read standard input.
Result<void> check_standard_input(const Options& options);

}  // namespace aztriage::cli
