// A `run` step: shell, script file, working directory (runner.md 1.4).

#include <filesystem>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/write.hpp"
#include "executor/process/offload.hpp"
#include "executor/step/hints.hpp"
#include "executor/step/push_watch.hpp"
#include "executor/step/script_text.hpp"
#include "executor/step/shell.hpp"
#include "executor/step/step_call.hpp"
#include "executor/step/verify_push.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

/// A script where the shell can read it: a file in the job's temporary folder. Gone with this
/// object.
class ScriptFile {
 public:
  ScriptFile(const std::string& folder, const std::string& text, const std::string& extension) {
    static int serial = 0;
    path_ = fmt::format("{}/script-{}{}", folder, ++serial, extension);
    // Never through what a container's step may have put there.
    write_file(path_, text, {.flags = O_EXCL | O_NOFOLLOW, .mode = 0644, .whatever_umask = true});
  }

  ~ScriptFile() { ::unlink(path_.c_str()); }
  ScriptFile(const ScriptFile&) = delete;
  ScriptFile& operator=(const ScriptFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string evaluated(const workflow::TokenPtr& token, const workflow::Scope& scope) {
  return token ? evaluate_string(*token, scope) : std::string();
}

/// `defaults.run`: the job's before the workflow's; not inside composite actions.
workflow::TokenPtr with_defaults(
    const workflow::TokenPtr& own,
    const JobParts& parts,
    const StepFrame& frame,
    workflow::TokenPtr workflow::RunDefaults::*member) {
  if (own || frame.composite()) return own;
  const auto& of_job = parts.sources.job.job->defaults.*member;
  return of_job ? of_job : parts.sources.run.workflow->defaults.*member;
}

ScriptText filled(
    const JobParts& parts, const StepCall& call, const workflow::Scope& scope, bool bourne) {
  std::vector<std::string> values;
  const auto& script = *call.step.run;
  if (!script.expression) return {script.text, {}, false, script.text};
  const auto pieces = workflow::split_text(script.raw, step_names(call.frame.composite()));
  for (const auto& piece : pieces) {
    if (piece.expression) values.push_back(evaluate(*piece.expression, scope).to_string());
  }
  const auto& masker = *parts.sources.run.masker;
  return fill_script(pieces, values, bourne, [&masker](const std::string& value) {
    return masker.contains_secret(value);
  });
}

void print_header(const StepCall& call, const ScriptText& script, const Shell& shell) {
  auto rest = std::string_view(script.shown);
  const auto begin = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
  const auto first = rest.substr(begin, rest.find('\n', begin) - begin);
  call.log.say(LogLine::Kind::group, fmt::format("Run {}", first));
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    call.log.say(LogLine::Kind::command, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  call.log.say(LogLine::Kind::command, fmt::format("shell: {}", shell.text));
  if (!call.env.empty()) call.log.say(LogLine::Kind::command, "env:");
  for (const auto& [name, value] : call.env) {
    call.log.say(LogLine::Kind::command, fmt::format("  {}: {}", name, value));
  }
  call.log.say(LogLine::Kind::endgroup, "");
}

StepOutcome refused(StepCall& call, const std::string& message, const std::string& cure) {
  call.log.annotate(
      LogLine::Kind::error, cure.empty() ? message : fmt::format("{} ({})", message, cure));
  return {Conclusion::failure, {}, message};
}

}  // namespace

asio::awaitable<StepOutcome> run_script_step(JobParts& parts, StepCall& call) {
  auto scope = call_scope(parts, call);
  const auto& folders = parts.sources.folders;

  const auto shell_token =
      with_defaults(call.step.shell, parts, call.frame, &workflow::RunDefaults::shell);
  const auto folder_token = with_defaults(
      call.step.working_directory, parts, call.frame, &workflow::RunDefaults::working_directory);
  auto environment = process_environment(parts.sources, call.frame, call.env, call.action);
  const auto& place = parts.sources.place;
  Shell shell;
  try {
    const auto name = evaluated(shell_token, scope);
    shell =
        place.in_container ? find_shell_inside(name) : find_shell(name, environment.get("PATH"));
  } catch (const Error& error) {
    co_return refused(call, error.what(), error.cure());
  }
  auto script = filled(parts, call, scope, shell.bourne);
  print_header(call, script, shell);

  const auto wanted = evaluated(folder_token, scope);
  const auto workspace = place.paths.inside(folders.workspace);
  const auto directory = (fs::path(workspace) / wanted).lexically_normal();
  std::error_code ignored;
  // A container's own folders are known only in there: the agent tells when there is none.
  if (!place.in_container && !fs::is_directory(directory, ignored)) {
    const bool empty = fs::is_empty(folders.workspace, ignored);
    co_return refused(
        call,
        fmt::format(
            "working-directory '{}' does not exist: no such folder in the workspace", wanted),
        empty ? "the workspace is empty: is an actions/checkout step missing before this one?"
              : "it is relative to the workspace, where actions/checkout put the repository");
  }

  auto text = shell.prepend + script.text + shell.append;
  std::optional<ScriptFile> file;
  ProcessCall process;
  if (script.holds_secret) {
    process.argv = shell.command(script_in_memory);
    process.script = std::move(text);
  } else {
    file.emplace(folders.temp, text, shell.extension);
    process.argv = shell.command(place.paths.inside(file->path()));
  }
  process.directory = directory.string();
  process.environment = std::move(environment);
  process.extra = script.variables;
  std::string tail;
  PushWatch pushes;
  const StepLog::Watch watch(call.log, [&tail, &pushes](std::string_view line) {
    pushes.line(line);
    tail.append(line).push_back('\n');
    if (tail.size() > 16384) tail.erase(0, tail.size() - 8192);
  });
  auto outcome = co_await run_process(parts, call, std::move(process));
  if (outcome.conclusion == Conclusion::failure && outcome.reason.starts_with("exit code")) {
    call.log.annotate(
        LogLine::Kind::error, fmt::format("Process completed with {}.", outcome.reason));
    for (const auto& hint : failure_hints(script.shown, tail)) {
      call.log.annotate(LogLine::Kind::notice, hint);
    }
  }
  if (!pushes.pushes().empty()) {
    auto seen = pushes.pushes();
    auto credentials = credentials_for(seen, parts.credentials);
    auto look = [seen, credentials] { return verify_pushes(seen, credentials); };
    auto images = co_await offload(parts.pool, look);
    for (const auto& image : images) {
      parts.emit(ImagePushed{parts.sources.job.id, call.number, image});
    }
    if (const auto trouble = push_trouble(images); !trouble.empty()) {
      call.log.annotate(LogLine::Kind::error, trouble);
      outcome.conclusion = Conclusion::failure;
      outcome.reason = trouble;
    }
  }
  co_return outcome;
}

}  // namespace crun::executor
