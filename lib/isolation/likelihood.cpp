#include "isolation/likelihood.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace aztriage::isolation {

namespace {

constexpr double kLeast = 0.02;          // what an outcome without words gets at least
constexpr double kExactCeiling = 0.999;  // exact outcomes together
constexpr double kExactNoise = 0.0002;

using Column = std::vector<double>;  // by outcome; negative: no words

double share(double v) {
  return v > 0 ? std::min(v, 1.0) : 0.0;
}

double sum_where(const Column& column, const std::vector<bool>& exact, bool wanted) {
  double sum = 0;
  for (std::size_t o = 0; o < column.size(); ++o) {
    if (exact[o] == wanted) sum += column[o];
  }
  return sum;
}

void scale_where(Column& column, const std::vector<bool>& exact, bool wanted, double total) {
  const double sum = sum_where(column, exact, wanted);
  const auto count = std::count(exact.begin(), exact.end(), wanted);
  for (std::size_t o = 0; o < column.size(); ++o) {
    if (exact[o] != wanted) continue;
    column[o] = sum > 0 ? column[o] / sum * total : total / static_cast<double>(count);
  }
}

/// Outcomes without words share what the other outcomes that are not exact leave of 1.
void fill_unwritten(Column& column, const std::vector<bool>& exact) {
  double written = 0;
  int unwritten = 0;
  for (std::size_t o = 0; o < column.size(); ++o) {
    if (exact[o]) continue;
    if (column[o] < 0) {
      ++unwritten;
    } else {
      written += column[o];
    }
  }
  if (unwritten == 0) return;
  const double each = std::max(kLeast, 1 - written) / unwritten;
  for (double& v : column) {
    if (v < 0) v = each;
  }
}

void normalise(Column& column, const std::vector<bool>& exact) {
  fill_unwritten(column, exact);
  const auto exacts = static_cast<std::size_t>(std::count(exact.begin(), exact.end(), true));
  if (exacts == 0) {
    scale_where(column, exact, false, 1);
  } else if (exacts == column.size()) {
    scale_where(column, exact, true, 1);
  } else {
    double taken = sum_where(column, exact, true);
    if (taken > kExactCeiling) {
      scale_where(column, exact, true, kExactCeiling);
      taken = kExactCeiling;
    }
    scale_where(column, exact, false, 1 - taken);
  }
}

Column column_of(const std::vector<Row>& rows, std::size_t cause) {
  Column column;
  for (const Row& row : rows) {
    const double own = cause < row.by_cause.size() ? row.by_cause[cause] : -1;
    column.push_back(row.written ? share(own < 0 ? row.otherwise : own) : -1);
  }
  return column;
}

/// An author who writes `unlisted` anywhere in a step means it like a cause of its own.
Column written_unlisted(const std::vector<Row>& rows, const std::vector<bool>& exact) {
  Column column;
  for (const Row& row : rows) {
    column.push_back(row.written ? share(row.unlisted.value_or(row.otherwise)) : -1);
  }
  normalise(column, exact);
  return column;
}

/// Three quarters of the default row and a quarter of uniform; an exact outcome stays much nearer its
/// default.
Column blended_unlisted(const std::vector<Row>& rows, const std::vector<bool>& exact) {
  Column column;
  for (const Row& row : rows) column.push_back(row.written ? share(row.otherwise) : -1);
  normalise(column, exact);
  const auto k = static_cast<double>(rows.size());
  const auto others = static_cast<double>(std::count(exact.begin(), exact.end(), false));
  const double sum_others = sum_where(column, exact, false);
  for (std::size_t o = 0; o < column.size(); ++o) {
    if (exact[o]) column[o] = 0.99 * column[o] + 0.01 / k;
  }
  const double rest = 1 - sum_where(column, exact, true);
  for (std::size_t o = 0; o < column.size(); ++o) {
    if (!exact[o]) column[o] = rest * (0.75 * column[o] / sum_others + 0.25 / others);
  }
  return column;
}

}  // namespace

double noise_of(Reliability r) {
  switch (r) {
    case Reliability::automatic:
      return 0.01;
    case Reliability::asked:
      return 0.10;
    case Reliability::manual:
      return 0.03;
  }
  return 0.10;
}

double unknown_of(Reliability r) {
  switch (r) {
    case Reliability::automatic:
      return 0.03;
    case Reliability::asked:
      return 0.05;
    case Reliability::manual:
      return 0.04;
  }
  return 0.05;
}

double default_cost_of(Reliability r) {
  switch (r) {
    case Reliability::automatic:
      return 2;
    case Reliability::asked:
      return 20;
    case Reliability::manual:
      return 90;
  }
  return 90;
}

Table tabulate(const std::vector<Row>& rows, int listed_causes) {
  Table table;
  table.outcomes = static_cast<int>(rows.size());
  table.causes = listed_causes + 1;
  for (const Row& row : rows) table.exact.push_back(row.exact && row.written);
  table.clean.resize(rows.size() * static_cast<std::size_t>(table.causes));
  const auto put = [&](std::size_t cause, const Column& column) {
    for (std::size_t o = 0; o < column.size(); ++o) {
      table.clean[o * static_cast<std::size_t>(table.causes) + cause] = column[o];
    }
  };
  const auto listed = static_cast<std::size_t>(listed_causes);
  for (std::size_t c = 0; c < listed; ++c) {
    Column column = column_of(rows, c);
    normalise(column, table.exact);
    put(c, column);
  }
  const bool written =
      std::any_of(rows.begin(), rows.end(), [](const Row& r) { return r.unlisted.has_value(); });
  put(listed, written ? written_unlisted(rows, table.exact) : blended_unlisted(rows, table.exact));
  return table;
}

Noisy add_noise(const Table& table, Reliability reliability) {
  Noisy noisy{table.clean, std::vector<double>(table.clean.size())};
  const double epsilon = noise_of(reliability);
  const auto causes = static_cast<std::size_t>(table.causes);
  const auto outcomes = static_cast<std::size_t>(table.outcomes);
  const auto k = static_cast<double>(outcomes);
  std::vector<bool> exact(outcomes, false);
  if (reliability != Reliability::asked) exact = table.exact;
  const auto others = static_cast<double>(std::count(exact.begin(), exact.end(), false));
  for (std::size_t c = 0; c < causes; ++c) {
    double rest = 1;
    double clean_others = 0;
    for (std::size_t o = 0; o < outcomes; ++o) {
      const std::size_t i = o * causes + c;
      if (exact[o]) {
        noisy.noise[i] = kExactNoise / k;
        noisy.likelihood[i] = (1 - kExactNoise) * table.clean[i] + noisy.noise[i];
        rest -= noisy.likelihood[i];
      } else {
        clean_others += table.clean[i];
      }
    }
    for (std::size_t o = 0; o < outcomes; ++o) {
      if (exact[o]) continue;
      const std::size_t i = o * causes + c;
      noisy.noise[i] = rest * epsilon / others;
      const double own = clean_others > 0 ? table.clean[i] / clean_others : 1 / others;
      noisy.likelihood[i] = rest * (1 - epsilon) * own + noisy.noise[i];
    }
  }
  return noisy;
}

}  // namespace aztriage::isolation
