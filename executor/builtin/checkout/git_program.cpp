#include "executor/builtin/checkout/git_program.hpp"

#include <cstdio>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "executor/builtin/interruption.hpp"
#include "executor/builtin/javascript_text.hpp"
#include "executor/context/apart.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::builtin::checkout {

GitProgram::GitProgram(ActionRuntime& runtime, std::filesystem::path directory)
    : runtime_(runtime), directory_(std::move(directory)) {
  const auto found = find_program("git", runtime.env("PATH"));
  if (!found) {
    throw Failed("git is not on PATH, and this checkout needs it (install git)");
  }
  program_ = found->string();
}

GitProgram::Outcome GitProgram::start(
    const std::vector<std::string>& arguments, bool silent) const {
  Command command;
  command.argv = {program_};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.directory = directory_;
  auto environment = Environment::inherited();
  environment.set("GIT_TERMINAL_PROMPT", "0");
  environment.set("GCM_INTERACTIVE", "Never");
  environment.set("GIT_HTTP_LOW_SPEED_LIMIT", "1000");
  environment.set("GIT_HTTP_LOW_SPEED_TIME", "120");
  // The workspace may belong to another user, in a container for example.
  add_git_setting(environment, "safe.directory", "*");
  command.environment = std::move(environment);
  auto result = run_command(command, [silent](Stream, std::string_view bytes) {
    if (silent) return;
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    std::fflush(stdout);
  });
  throw_if_interrupted();
  return {
      result.status.code(),
      std::string(trim_javascript(result.out)),
      std::string(trim_javascript(result.err))};
}

GitProgram::Outcome GitProgram::ask(const std::vector<std::string>& arguments) const {
  return start(arguments, true);
}

GitProgram::Outcome GitProgram::try_run(const std::vector<std::string>& arguments) {
  runtime_.info(fmt::format("[command]{} {}", program_, fmt::join(arguments, " ")));
  return start(arguments, false);
}

void GitProgram::run(const std::vector<std::string>& arguments) {
  const auto outcome = try_run(arguments);
  if (outcome.code != 0) fail(outcome.code);
}

void GitProgram::fail(int code) const {
  throw Failed(fmt::format("The process '{}' failed with exit code {}", program_, code));
}

}  // namespace crun::executor::builtin::checkout
