// Cancelling a step sends INT (then TERM) to its process group: to the built-in action and to what
// it has started, docker for example. The action lets that end by itself, tidies up its temporary
// files and leaves with 128 + the signal's number.
#pragma once

#include <exception>

namespace crun::executor::builtin {

/// Unwinds the action; caught by run_builtin.
struct Interrupted : std::exception {
  const char* what() const noexcept override { return "cancelled"; }
};

/// From now on INT and TERM are remembered instead of ending the process.
void watch_for_interruption();
/// The number of the signal that came, or 0.
int interruption_signal();
void throw_if_interrupted();

}  // namespace crun::executor::builtin
