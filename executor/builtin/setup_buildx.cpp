#include "executor/builtin/setup_buildx.hpp"

namespace crun::executor::builtin {

void run_setup_buildx(ActionRuntime&) {
  throw Failed("not built yet");
}

}  // namespace crun::executor::builtin
