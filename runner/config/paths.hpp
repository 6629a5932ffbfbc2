// Where things live: state, caches and run-time files, each below a folder `crun` of its own.
#pragma once

#include <filesystem>

namespace crun::runner {

struct Paths {
  std::filesystem::path state;    // journals: $XDG_STATE_HOME/crun, else ~/.local/state/crun
  std::filesystem::path cache;    // $XDG_CACHE_HOME/crun, else ~/.cache/crun
  std::filesystem::path runtime;  // $XDG_RUNTIME_DIR/crun, else $TMPDIR/crun-UID
};

/// Relative values of the variables are ignored, as the XDG specification asks. Throws Error when
/// the cache belongs to another user.
Paths standard_paths();

}  // namespace crun::runner
