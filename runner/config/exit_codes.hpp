// Exit codes of `crun run`, documented in the README and `crun help exit-codes`.
#pragma once

namespace crun::runner {

enum ExitCode : int {
  exit_success = 0,   // or the event did not trigger the workflow
  exit_failure = 1,   // a job failed, or was cancelled and not by a signal
  exit_invalid = 2,   // usage, or an invalid workflow: nothing ran
  exit_trouble = 3,   // the runner's own trouble, or a failed pre-flight
  exit_partial = 4,   // a push published some of its tags and not others
  exit_mismatch = 5,  // what a registry holds is not what was built
  exit_interrupted = 130,
  exit_terminated = 143,
};

}  // namespace crun::runner
