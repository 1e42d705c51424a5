#pragma once

#include "isolation/likelihood.h"
#include "playbook/model.h"

#include <optional>
#include <vector>

namespace aztriage::isolation {

/// The numbers of a playbook, computed once on load. Causes are the listed ones in file order, then unlisted.
struct Problem {
  /// Another step that has to be done first.
  struct Require {
    int step = 0;
    std::vector<bool> wanted;  // by outcome; empty: any
    /// A step that only uses another's facts stays open when that one had no answer: they may be there
    /// although no outcome fitted. `requires` and `of` close.
    bool closed_by_unknown = true;
  };
  struct Step {
    Reliability kind = Reliability::automatic;
    double cost = 2;           // seconds
    double unknown = 0.03;     // q: chance of no answer
    bool informative = false;  // two outcomes and more, and at least one with words
    std::vector<Require> requires_;
    /// What it looks at, as sorted labels. Steps that share one look at the same thing: of those answered the
    /// strongest counts whole, the others a quarter.
    std::vector<int> looks_at;
    Table table;
    std::vector<double> likelihood;      // P~[outcome * causes + cause], for `kind`
    std::vector<double> log_likelihood;  // its natural logarithm
    std::vector<double> entropy;         // of the outcome, by cause, in bits
    int outcomes() const { return table.outcomes; }
  };
  std::vector<double> prior;  // listed causes, then unlisted; sums to 1, none is zero
  std::vector<Step> steps;
  int labels = 0;                                                // of `looks_at`: 0 .. labels - 1
  int causes() const { return static_cast<int>(prior.size()); }  // unlisted included
  int unlisted() const { return causes() - 1; }
};

/// Weights of the listed causes (30, 10, 3, 1) and the share of the unlisted (kept within 0.001 .. 0.99).
std::vector<double> priors(const std::vector<double>& weights, double unlisted);
/// A step's numbers from its rows; `requires_` and `looks_at` are left empty.
Problem::Step make_step(Reliability kind, double cost, const std::vector<Row>& rows, int listed_causes);

/// Where the walk or run takes place, as far as it decides who does a step.
struct Setting {
  bool commands_run_here = false;  // else they are shown, and their output is pasted
  bool outside = false;            // then `from: client` steps are done by the customer
};
Problem build(const playbook::Playbook& playbook, const Setting& setting = {});

/// What is known of a step: an entry a step (of several the last counts), in any order. `outcome` is -1 for
/// "don't know", skipped, unavailable. `reliability` is set where the answer came otherwise than the step's
/// kind says: a command's output that was pasted, a probe's outcome given by `--answer`.
struct Answer {
  int step = 0;
  int outcome = -1;
  std::optional<Reliability> reliability = {};
};

/// A cause that the engineer fixed by hand; shown as such, never as evidence.
struct Pin {
  int cause = 0;
  bool certain = false;  // false: excluded
};

/// A workaround that was tried; it cures its own cause.
struct Trial {
  int cause = 0;
  bool gone = false;
};

struct Known {
  std::vector<Answer> answers;
  std::vector<Pin> pins;
  std::vector<Trial> trials;
};

}  // namespace aztriage::isolation
