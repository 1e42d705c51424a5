#pragma once

#include <span>
#include <string>
#include <vector>

#include "playbook/model.h"

namespace aztriage::isolation {

/// A step's kind as far as its answers' reliability goes: a probe or a command run here, a question, a question
/// that needs somebody to look something up or a pasted output.
enum class Reliability { automatic, asked, manual };

/// The numbers of a playbook, computed once on load. Causes are the listed ones in file order, then unlisted.
struct Problem {
  struct Require {
    int step = 0;
    std::vector<bool> wanted;  // by outcome
  };
  struct Step {
    Reliability kind = Reliability::automatic;
    double cost = 2;        // seconds
    double unknown = 0.03;  // q: chance of no answer
    double noise = 0.01;    // epsilon
    int outcomes = 0;
    int group = -1;         // steps that look at the same thing share a number
    bool can_answer = true;  // false where it may never be chosen (a symptom look has no likelihoods, ...)
    std::vector<Require> requires_;
    std::vector<double> likelihood;  // P~[outcome * causes + cause]
    std::vector<double> log_likelihood;
    std::vector<double> entropy;     // h(s, c) in bits, by cause
    std::vector<double> noise_share;  // of each outcome: the part of P~ that is noise (for suspicion)
  };
  std::vector<double> prior;  // listed causes, then unlisted; sums to 1
  std::vector<Step> steps;
  int causes() const { return static_cast<int>(prior.size()); }  // unlisted included
  int unlisted() const { return causes() - 1; }
};

Problem build(const playbook::Playbook& playbook);

/// What is known: an entry a step. Order does not matter. `outcome` is -1 for "don't know", skipped, unavailable.
struct Answer {
  int step = 0;
  int outcome = -1;

};

/// A cause that the engineer fixed by hand; shown as such, never as evidence.
struct Pin {
  int cause = 0;
  bool certain = false;  // false: excluded
};

/// A workaround that was tried.
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
