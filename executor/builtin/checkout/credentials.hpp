// The token of a checkout: git sends it as a header. It never stands on a command line; what is
// written to git's configuration (for `git push` in later steps) is taken out after the job.
#pragma once

#include <filesystem>
#include <string>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/checkout/git_program.hpp"
#include "executor/builtin/checkout/settings.hpp"

namespace crun::executor::builtin::checkout {

/// Hides the encoded token in the log, and gives it to git. Up to v5 in the repository's
/// configuration; from v6 in a file of its own below RUNNER_TEMP that the configuration names.
void give_credentials(ActionRuntime& runtime, const Settings& settings, GitProgram& git);

/// Takes them away again: right after the checkout, or in the post stage.
void take_credentials(ActionRuntime& runtime, const std::string& server_url, const GitProgram& git);

/// Hides the header's value for a token in the log, and returns it.
std::string masked_header(ActionRuntime& runtime, const std::string& token);

}  // namespace crun::executor::builtin::checkout
