// Rates of what runs inside this program, per second of its own processor time: a busy neighbour
// does not move them.
#pragma once

#include <ctime>
#include <functional>

namespace crun::bench {

inline double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Processor seconds that one call takes, from as many calls as fit into `at_least` seconds.
inline double seconds_of_one(const std::function<void()>& work, double at_least = 0.2) {
  const double begin = processor_seconds();
  int calls = 0;
  do {
    work();
    ++calls;
  } while (processor_seconds() - begin < at_least);
  return (processor_seconds() - begin) / calls;
}

}  // namespace crun::bench
