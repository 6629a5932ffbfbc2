// Which runs go, wait or are cancelled: capacity, first in first out, concurrency groups. Pure.
//
// GitHub's rule for a group: one run holds it, one may wait. A newer one replaces the one that
// waits and, with `cancel-in-progress`, also ends the holder.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runner/server/store.hpp"

namespace crun::runner {

/// The runs that the newest of `open` cancels, with the reason. `open` is in order of age, oldest
/// first, none ended.
std::vector<std::pair<std::string, std::string>> cancelled_by_newest(
    const std::vector<const StoredRun*>& open);

/// The queued runs that may start now, in this order.
std::vector<std::string> startable(const std::vector<const StoredRun*>& open, int capacity);

}  // namespace crun::runner
