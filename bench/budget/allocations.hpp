// How often this program asked for memory: operator new counts.
#pragma once

namespace crun::bench {

/// Since the program started, of all threads.
long allocations();

}  // namespace crun::bench
