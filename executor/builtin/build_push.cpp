#include "executor/builtin/build_push.hpp"

namespace crun::executor::builtin {

void run_build_push(ActionRuntime&) {
  throw Failed("not built yet");
}

}  // namespace crun::executor::builtin
