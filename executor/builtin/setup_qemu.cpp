#include "executor/builtin/setup_qemu.hpp"

namespace crun::executor::builtin {

void run_setup_qemu(ActionRuntime&) {
  throw Failed("not built yet");
}

}  // namespace crun::executor::builtin
