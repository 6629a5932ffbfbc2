// The sides of a row measured in turn, so that what happens to the machine happens to all of them.
// The order changes from round to round: a program that leaves the caches cold, or a daemon busy,
// would else do so to the same one each time.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "bench/row.hpp"

namespace crun::bench {

/// One way to do the thing.
struct Side {
  std::string name;              // crun, act, cli or limit
  std::function<double()> once;  // one measurement, in the row's unit
  int rounds = 0;                // no more than so many (slow peers); 0: all
};

struct Settings {
  int rounds = 15;
  std::set<std::string> against = {"act", "cli", "limit"};
};

/// One uncounted round, then the rounds, and more of them where they take no time. The row gets
/// figures and ratios, and is called noisy when the machine was busy before, or when crun's
/// interval against the limit is too wide; then it is measured again, at most three times. A side
/// that throws is left out and its reason put into the note.
Row compare(Row row, std::vector<Side> sides, const Settings& settings);

/// The share of the machine's processors that had nothing to do for a moment.
double idle_share();

}  // namespace crun::bench
