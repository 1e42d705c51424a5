#pragma once

#include <optional>
#include <vector>

namespace aztriage::isolation {

/// How an answer came about: a probe or a command run here, a question, or a question that needs somebody to
/// look something up and pasted output.
enum class Reliability { automatic, asked, manual };

double noise_of(Reliability r);         // chance that an answer is noise: 0.01, 0.10, 0.03
double unknown_of(Reliability r);       // chance of no answer: 0.03, 0.05, 0.04
double default_cost_of(Reliability r);  // seconds: 2, 20, 90

/// One outcome's row as the author wrote it, its words read as numbers (playbook/words.h).
struct Row {
  bool written = false;  // false: no words at all, takes what the other outcomes leave
  bool exact = false;    // only means something when it is written
  double otherwise = 0;
  std::optional<double> unlisted;
  std::vector<double> by_cause;  // by listed cause; negative: not written, so `otherwise`
};

/// P(outcome | cause) of one step before noise: `[outcome * causes + cause]`, the unlisted cause last. Each
/// cause's column sums to 1.
struct Table {
  int outcomes = 0;
  int causes = 0;  // unlisted included
  std::vector<double> clean;
  std::vector<bool> exact;  // by outcome
};
/// Numbers outside 0..1 are taken as the nearest; a column of zeros becomes uniform.
Table tabulate(const std::vector<Row>& rows, int listed_causes);

/// P~, what the table becomes when answers can be wrong; nothing in it is zero. `noise` is the part of each
/// entry that is noise. An exact outcome's small noise holds for what a probe or a reader read; a person who
/// only names the outcome (`asked`) is as unreliable there as anywhere.
struct Noisy {
  std::vector<double> likelihood;
  std::vector<double> noise;
};
Noisy add_noise(const Table& table, Reliability reliability);

}  // namespace aztriage::isolation
