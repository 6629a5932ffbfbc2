#include "executor/builtin/paths_filter.hpp"

namespace crun::executor::builtin {

void run_paths_filter(ActionRuntime&) {
  throw Failed("not built yet");
}

}  // namespace crun::executor::builtin
