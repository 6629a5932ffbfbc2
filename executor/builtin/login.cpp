#include "executor/builtin/login.hpp"

namespace crun::executor::builtin {

void run_login(ActionRuntime&) {
  throw Failed("not built yet");
}

}  // namespace crun::executor::builtin
