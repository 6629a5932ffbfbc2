#include "executor/log/step_commands.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executor/log/problem_matcher.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

namespace {

/// A command is wrong: told in the log, and the step fails.
struct CommandError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return std::string(text.substr(0, text.find_last_not_of(space) + 1));
}

std::string required_name(const WorkflowCommand& command, const char* name) {
  std::string value = command.property("name");
  if (value.empty()) {
    throw CommandError(
        "Required field 'name' is missing in ##[" + std::string(name) + "] command.");
  }
  return value;
}

std::string disabled(const char* name) {
  return "The `" + std::string(name) +
         "` command is disabled. Please upgrade to using Environment Files or opt into unsecure "
         "command execution by setting the `ACTIONS_ALLOW_UNSECURE_COMMANDS` environment variable "
         "to `true`. For more information see: "
         "https://github.blog/changelog/"
         "2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/";
}

/// Everything waits for this: a pipe that lies in the file's place is not waited for.
std::vector<ProblemMatcher> read_matcher_file(const std::filesystem::path& path) {
  constexpr std::size_t limit = 1024 * 1024;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    throw CommandError("Could not find file '" + path.string() + "'.");
  }
  return parse_matchers(read_up_to(file.get(), limit));
}

}  // namespace

struct StepCommands::Row {
  std::string_view name;
  void (StepCommands::*run)(const WorkflowCommand&);
  /// Is the line shown when echo is on or somebody debugs? Those that write themselves are not.
  bool echoed;
};

const StepCommands::Row* StepCommands::find_row(std::string_view name) {
  static constexpr Row rows[] = {
      {"set-output", &StepCommands::set_output, true},
      {"save-state", &StepCommands::save_state, true},
      {"set-env", &StepCommands::set_env, true},
      {"add-path", &StepCommands::add_path, true},
      {"add-mask", &StepCommands::add_mask, false},
      {"add-matcher", &StepCommands::add_matcher, true},
      {"remove-matcher", &StepCommands::remove_matcher, true},
      {"debug", &StepCommands::debug, false},
      {"notice", &StepCommands::notice, false},
      {"warning", &StepCommands::warning, false},
      {"error", &StepCommands::error, false},
      {"group", &StepCommands::group, false},
      {"endgroup", &StepCommands::endgroup, false},
      {"echo", &StepCommands::echo, false},
      {"internal-set-repo-path", &StepCommands::set_repository_path, true},
  };
  auto found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) {
    return equal_ignoring_case(row.name, name);
  });
  return found == std::end(rows) ? nullptr : found;
}

bool StepCommands::is_command(std::string_view name) const {
  if (stopped_) return equal_ignoring_case(name, stop_token_);
  if (equal_ignoring_case(name, "stop-commands")) return true;
  const Row* row = find_row(name);
  return row && (options_.internal_commands || !row->name.starts_with("internal-"));
}

bool StepCommands::process(const std::string& line) {
  auto command = parse_command(line, [this](std::string_view name) { return is_command(name); });
  if (!command) return false;
  if (stopped_) {
    stopped_ = false;
    sink_.text(line);
    sink_.debug("Resume processing commands");
  } else if (const Row* row = find_row(command->name)) {
    run(*row, *command, line);
  } else {
    stop(*command, line);
  }
  return true;
}

void StepCommands::run(const Row& row, const WorkflowCommand& command, const std::string& line) {
  if (row.echoed && (echo_ || options_.debug)) sink_.text(line);
  try {
    (this->*row.run)(command);
  } catch (const std::runtime_error& error) {
    fail(row.echoed ? std::string_view(line) : row.name, error.what());
  }
}

void StepCommands::fail(std::string_view what, std::string_view why) {
  sink_.annotate(
      LogLine::Kind::error,
      "Unable to process command '" + std::string(what) + "' successfully.",
      {});
  sink_.annotate(LogLine::Kind::error, why, {});
  effects_.failed = true;
}

void StepCommands::next_step() {
  stopped_ = echo_ = false;
  stop_token_.clear();
}

/// From here on lines are only lines, until the token comes as a command. A token that means
/// something already would let a step be resumed by others' output.
void StepCommands::stop(const WorkflowCommand& command, const std::string& line) {
  constexpr std::size_t longest_shown = 6;
  const std::string& token = command.data;
  bool taken = token.empty() || is_command(token) || equal_ignoring_case(token, "pause-logging");
  if (taken && !options_.allow_unsecure_stop_tokens) {
    return fail(
        line,
        "Invoking ::stop-commands:: needs a token of its own: not empty, and not the name of "
        "a command.");
  }
  if (token.size() > longest_shown) masker_.add(token);
  sink_.text(line);
  sink_.debug(
      "Paused processing commands until the token you called ::stop-commands:: with is received");
  stop_token_ = token;
  stopped_ = true;
}

void StepCommands::deprecated(const char* command) {
  if (!deprecations_.insert(command).second) return;
  sink_.annotate(
      LogLine::Kind::warning,
      "The `" + std::string(command) +
          "` command is deprecated and will be disabled soon. Please upgrade to using Environment "
          "Files. For more information see: "
          "https://github.blog/changelog/"
          "2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/",
      {});
}

void StepCommands::set_output(const WorkflowCommand& command) {
  deprecated("set-output");
  effects_.outputs.emplace_back(required_name(command, "set-output"), command.data);
}

void StepCommands::save_state(const WorkflowCommand& command) {
  deprecated("save-state");
  effects_.state.emplace_back(required_name(command, "save-state"), command.data);
}

void StepCommands::set_env(const WorkflowCommand& command) {
  if (!options_.allow_unsecure_commands) throw CommandError(disabled("set-env"));
  std::string name = required_name(command, "set-env");
  if (equal_ignoring_case(name, "NODE_OPTIONS")) {
    sink_.annotate(
        LogLine::Kind::error,
        "Can't update NODE_OPTIONS environment variable using ::set-env:: command.",
        {});
    return;
  }
  effects_.environment.emplace_back(std::move(name), command.data);
}

void StepCommands::add_path(const WorkflowCommand& command) {
  if (!options_.allow_unsecure_commands) throw CommandError(disabled("add-path"));
  if (command.data.empty())
    throw CommandError("Required value is missing in ##[add-path] command.");
  effects_.paths.push_back(command.data);
}

void StepCommands::add_mask(const WorkflowCommand& command) {
  if (trimmed(command.data).empty()) {
    sink_.annotate(
        LogLine::Kind::warning,
        "Can't add secret mask for empty string in ##[add-mask] command.",
        {});
    return;
  }
  masker_.add(command.data);
}

void StepCommands::add_matcher(const WorkflowCommand& command) {
  std::string file = command.data;
  if (file.empty()) throw CommandError("File path must be specified.");
  if (options_.host_path) file = options_.host_path(file);
  matchers_.add(read_matcher_file(std::filesystem::path(options_.workspace) / file));
}

void StepCommands::remove_matcher(const WorkflowCommand& command) {
  std::string owner = command.property("owner"), file = command.data;
  if (owner.empty() == file.empty()) {
    throw CommandError(
        owner.empty() ? "Either the owner or a file path must be specified."
                      : "Either the owner or a file path can be specified, not both.");
  }
  if (!owner.empty()) return matchers_.remove(owner);
  if (options_.host_path) file = options_.host_path(file);
  auto path = std::filesystem::path(options_.workspace) / file;
  for (const ProblemMatcher& matcher : read_matcher_file(path)) matchers_.remove(matcher.owner);
}

void StepCommands::debug(const WorkflowCommand& command) {
  sink_.debug(command.data);
}

void StepCommands::issue(LogLine::Kind level, const WorkflowCommand& command) {
  AnnotationProperties properties;
  for (const auto& [name, value] : command.properties) {
    // Written in any case, told in one.
    std::string key = name;
    for (const char* known : {"file", "line", "endLine", "col", "endColumn", "title"}) {
      if (equal_ignoring_case(name, known)) key = known;
    }
    properties[key] = value;
  }
  validate_place(properties, [this](std::string why) { sink_.debug(why); });
  if (auto file = properties.find("file"); file != properties.end()) {
    if (options_.host_path) file->second = options_.host_path(file->second);
    file->second = relative_to(options_.workspace, file->second);
  }
  sink_.annotate(level, command.data, std::move(properties));
}

void StepCommands::notice(const WorkflowCommand& command) {
  issue(LogLine::Kind::notice, command);
}

void StepCommands::warning(const WorkflowCommand& command) {
  issue(LogLine::Kind::warning, command);
}

void StepCommands::error(const WorkflowCommand& command) {
  issue(LogLine::Kind::error, command);
}

void StepCommands::group(const WorkflowCommand& command) {
  sink_.say(LogLine::Kind::group, command.data);
}

void StepCommands::endgroup(const WorkflowCommand&) {
  sink_.say(LogLine::Kind::endgroup, "");
}

void StepCommands::echo(const WorkflowCommand& command) {
  std::string value = trimmed(command.data);
  bool on = equal_ignoring_case(value, "on");
  if (!on && !equal_ignoring_case(value, "off")) {
    throw CommandError(
        "Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '" +
        command.data + "'.");
  }
  echo_ = on;
}

/// The original checkout tells the runner where the repository lies. Ours lies in the workspace.
void StepCommands::set_repository_path(const WorkflowCommand&) {}

}  // namespace crun::executor
