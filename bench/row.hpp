// One line of what the bench says: a quantity, its figure for each side, and how they compare.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crun::bench {

/// The values of one side: of the whole row's unit.
struct Figure {
  double median = 0, min = 0, p95 = 0;
};

/// Median of the paired ratios and its 95 % interval.
struct Ratio {
  double median = 0, low = 0, high = 0;
};

/// What a row has to reach; empty parts ask for nothing.
struct Goal {
  std::optional<double> at_most = {};        // crun's figure, where less is better
  std::optional<double> at_least = {};       // crun's figure, where more is better
  std::optional<double> act_at_least = {};   // times better than act
  std::optional<double> cli_at_least = {};   // times better than the same by the docker client
  std::optional<double> limit_at_most = {};  // times of the physical limit
};

/// Names of sides: "crun", "act", "cli", "limit".
struct Row {
  std::string id = {};  // "Q2.bash"
  std::string what = {};
  std::string unit = {};
  bool more_is_better = false;
  Goal goal = {};
  std::map<std::string, Figure> figures = {};
  /// act, cli: how many times better crun is. limit: how many times of the limit's cost crun's is.
  std::map<std::string, Ratio> ratios = {};
  bool noisy = false;
  /// Sides of which there is no figure by design, and why: "it has no service".
  std::map<std::string, std::string> absent = {};
  /// What the row waits for, or what went wrong with a side.
  std::string note = {};
};

using Rows = std::vector<Row>;

/// Absent: cannot be said (noisy, or a figure is missing).
std::optional<bool> met(const Row& row);
/// "<= 4 ms; act >= 8x; limit <= 3x"
std::string goal_text(const Row& row);

}  // namespace crun::bench
