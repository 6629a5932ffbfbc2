#include "executor/builtin/interruption.hpp"

#include <csignal>

namespace crun::executor::builtin {
namespace {

volatile std::sig_atomic_t caught = 0;

void remember(int signal) {
  caught = signal;
}

}  // namespace

void watch_for_interruption() {
  struct sigaction action {};
  action.sa_handler = remember;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int interruption_signal() {
  return caught;
}

void throw_if_interrupted() {
  if (caught != 0) throw Interrupted();
}

}  // namespace crun::executor::builtin
