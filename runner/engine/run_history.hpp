// The journals of earlier runs of `crun run`: the last ones are kept.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runner/config/paths.hpp"

namespace crun::runner {

struct HistoryLimits {
  std::size_t runs = 100;
  std::uintmax_t bytes = 1024u * 1024 * 1024;
};

/// Removes the oldest journals beyond either limit; the newest one always stays, and so do those of
/// runs that are not over. Never throws: what cannot be removed stays too. How large they are is
/// looked at only where the newest one has more than its share.
void trim_history(const Paths& paths, const HistoryLimits& limits = {});

}  // namespace crun::runner
