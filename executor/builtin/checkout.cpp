#include "executor/builtin/checkout.hpp"

namespace crun::executor::builtin {

void run_checkout(ActionRuntime&) {
  throw Failed("not built yet");
}

}  // namespace crun::executor::builtin
