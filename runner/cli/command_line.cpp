#include "runner/cli/command_line.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/net/credentials.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/render/printable.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::runner {

namespace {

constexpr const char* version_text =
    "crun " CRUN_VERSION " (workflow runner; not the OCI runtime of the same name)";

constexpr const char* exit_code_text =
    "Exit codes: 0 success or not triggered; 1 a job failed, or was cancelled by its time limit;\n"
    "2 usage or invalid workflow, nothing ran; 3 the runner's own trouble or a failed pre-flight;\n"
    "4 pushed in part; 5 a registry holds something else than was built; 130/143 cancelled by\n"
    "INT/TERM.";

void say(std::string_view what, std::string_view cure) {
  print(stderr, fmt::format("crun: {}\n", what));
  if (!cure.empty()) print(stderr, fmt::format("  help: {}\n", cure));
}

std::string did_you_mean(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> known;
  for (const auto* command : app.get_subcommands({})) {
    known.push_back(command->get_name());
    for (const auto* option : command->get_options()) {
      for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    }
  }
  for (int index = 1; index < argc; ++index) {
    const std::string word = argv[index];
    const auto name = word.substr(0, word.find('='));
    if (!name.starts_with("--") && index > 1) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (const auto near = workflow::nearest(name, known)) {
      return fmt::format("did you mean {}?", *near);
    }
  }
  return "crun COMMAND --help lists the options";
}

bool called_as_credential_helper(const char* name) {
  const std::string_view whole = name;
  return whole.substr(whole.rfind('/') + 1) == "docker-credential-crun";
}

struct CommandName {
  std::string_view name;
  void (*add)(CLI::App& app, Command& chosen);
};

constexpr CommandName commands[] = {
    {"run", add_run},
    {"plan", add_plan},
    {"explain", add_explain},
    {"eval", add_eval},
    {"list", add_list},
    {"cleanup", add_cleanup},
    {"serve", add_serve},
    {"runs", add_runs},
    {"logs", add_logs},
    {"cancel", add_cancel},
    {"dispatch", add_dispatch},
    {"builtin", add_builtin},
    {"remote", add_remote},
};

/// The command of that name alone; all of them where none is called so.
void add_commands(CLI::App& app, Command& chosen, std::string_view called) {
  for (const auto& command : commands) {
    if (command.name == called) return command.add(app, chosen);
  }
  for (const auto& command : commands) command.add(app, chosen);
}

int guarded(const Command& command) {
  try {
    return command.action();
  } catch (const UsageError& error) {
    say(error.what(), error.cure());
    return exit_invalid;
  } catch (const executor::Error& error) {
    say(error.what(), error.cure());
    return exit_trouble;
  } catch (const std::exception& error) {
    say(error.what(), "this is a defect of crun: please report it with the workflow");
    return exit_trouble;
  }
}

/// Nothing when `command` is to be called, else the exit code. Without `command.words` trouble is
/// told.
std::optional<int> parse(int argc, char** argv, Command& command) {
  CLI::App app("Runs GitHub Actions workflows.", "crun");
  app.set_version_flag("--version", version_text);
  app.footer(exit_code_text);
  app.require_subcommand(1);
  add_commands(app, command, argc > 1 ? argv[1] : "");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (!command.words.empty()) return exit_invalid;
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    say(error.what(), did_you_mean(app, argc, argv));
    return exit_invalid;
  }
  return std::nullopt;
}

}  // namespace

bool Command::may_name(std::string_view options) const {
  if (words.empty()) return true;
  while (!options.empty()) {
    const auto option = options.substr(0, options.find(','));
    const bool is_long = option.starts_with("--");
    for (const auto word : words) {
      // "--name=VALUE" and "-nVALUE" are one word.
      const auto name = is_long ? word.substr(0, word.find('=')) : word.substr(0, option.size());
      if (name == option) return true;
    }
    options.remove_prefix(std::min(option.size() + 1, options.size()));
  }
  return false;
}

int run_command_line(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of write, not our end
  // Secrets are in our memory and, with -s, in our environment, and steps have the same user: to
  // them /proc is closed, and there are no core files.
  ::prctl(PR_SET_DUMPABLE, 0);
  if (argc > 0 && called_as_credential_helper(argv[0])) {
    return executor::run_credential_helper(argc > 1 ? argv[1] : "");
  }
  // What the words alone do not explain is read again with every option, for help and suggestions.
  Command command{{}, {argv, argv + argc}};
  auto code = parse(argc, argv, command);
  if (code && !command.words.empty()) {
    command = {};
    code = parse(argc, argv, command);
  }
  return code ? *code : guarded(command);
}

}  // namespace crun::runner
