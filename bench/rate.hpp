// Rates of what runs inside this program, per second of its own processor time: a busy neighbour
// does not move them.
#pragma once

#include <algorithm>
#include <ctime>
#include <functional>

namespace crun::bench {

inline double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Processor seconds that one call takes, from as many calls as fit into `at_least` seconds. To
/// read this clock is a system call, as long as two expressions: short work is done often between
/// looks.
inline double seconds_of_one(const std::function<void()>& work, double at_least = 0.2) {
  const double begin = processor_seconds();
  double spent = 0;
  int calls = 0;
  for (int batch = 1; spent < at_least; batch = std::min(2 * batch, 1024)) {
    for (int i = 0; i < batch; ++i) work();
    calls += batch;
    spent = processor_seconds() - begin;
  }
  return spent / calls;
}

}  // namespace crun::bench
