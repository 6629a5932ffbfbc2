#include "executor/step/step_call.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/file_commands.hpp"
#include "executor/files/hash_files.hpp"
#include "workflow/plan/condition.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::executor {

using workflow::Scope;
using workflow::Token;
using workflow::Value;

namespace {

/// Also what a built-in action wrote: a process that a step left behind could add to its file.
void set_environment(JobState& state, NamedValues values) {
  for (auto& [name, value] : values) {
    state.env_of_steps.insert(name);
    state.env.set(std::move(name), std::move(value));
  }
}

void apply_files(
    JobParts& parts, StepCall& call, FileCommandResults results, StepOutcome& outcome) {
  for (const auto& name : results.blocked) {
    call.log.annotate(
        LogLine::Kind::error,
        fmt::format("Can't store {} output parameter using '$GITHUB_ENV' command.", name));
  }
  if (!results.summary_error.empty()) {
    call.log.annotate(LogLine::Kind::error, results.summary_error);
  }
  set_environment(parts.state, std::move(results.environment));
  for (auto& output : results.outputs) outcome.outputs.push_back(std::move(output));
  for (auto& entry : results.paths) {
    std::erase(parts.state.path, entry);
    parts.state.path.push_back(std::move(entry));
  }
  if (!results.summary.empty()) {
    parts.emit(StepSummary{
        parts.sources.job.id, call.number, parts.sources.run.masker->mask(results.summary)});
  }
  for (const auto& error : results.errors) {
    call.log.annotate(
        LogLine::Kind::error,
        fmt::format(
            "Unable to process file command '{}' successfully. {}", error.command, error.message));
    outcome.conclusion = Conclusion::failure;
    outcome.reason = fmt::format("file command '{}': {}", error.command, error.message);
  }
}

void apply_commands(JobParts& parts, CommandEffects effects, StepOutcome& outcome) {
  set_environment(parts.state, std::move(effects.environment));
  for (auto& output : effects.outputs) outcome.outputs.push_back(std::move(output));
  for (auto& entry : effects.paths) {
    std::erase(parts.state.path, entry);
    parts.state.path.push_back(std::move(entry));
  }
  if (effects.failed) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = "a workflow command could not be processed";
  }
}

}  // namespace

Scope call_scope(
    const JobParts& parts,
    const StepFrame& frame,
    const Environment& env,
    const ActionIdentity& action) {
  auto scope = step_scope(parts.sources, frame, env, action);
  scope.functions = workflow::step_status_functions(
      parts.state.status, frame.composite() ? std::optional(frame.action_status) : std::nullopt);
  const auto workspace = parts.sources.folders.workspace;
  scope.functions["hashfiles"] = [workspace](const std::vector<Value>& arguments) -> Value {
    std::vector<std::string> patterns;
    for (const auto& argument : arguments) patterns.push_back(argument.to_string());
    return hash_files(workspace, patterns);
  };
  return scope;
}

Scope call_scope(const JobParts& parts, const StepCall& call) {
  return call_scope(parts, call.frame, call.env, call.action);
}

bool is_set(const Environment& env, const char* name) {
  return workflow::equal_ignoring_case(env.get(name), "true");
}

bool is_forgiven(const StepCall& call, const Scope& scope) {
  if (!call.step.continue_on_error) return false;
  try {
    return evaluate(*call.step.continue_on_error, scope).truthy();
  } catch (const workflow::EvaluationError& error) {
    call.log.annotate(LogLine::Kind::error, error.what());
    return false;
  }
}

NamedValues evaluate_mapping(const Token* token, const Scope& scope) {
  NamedValues values;
  if (token == nullptr) return values;
  const auto value = evaluate(*token, scope);
  if (!value.is_object()) return values;
  for (const auto& [name, member] : value.object()) values.emplace_back(name, member.to_string());
  return values;
}

asio::awaitable<StepOutcome> run_process(JobParts& parts, StepCall& call, ProcessCall process) {
  StepOutcome outcome;
  const auto& folders = parts.sources.folders;
  auto files = parts.sources.files.take(folders.file_commands, parts.sources.place.in_container);
  if (process.on_report) files->add_report();

  SpawnRequest request;
  request.argv = std::move(process.argv);
  request.directory = process.directory;
  request.script = std::move(process.script);
  request.environment =
      process.environment
          ? std::move(*process.environment)
          : process_environment(parts.sources, call.frame, call.env, call.action, process.where);
  const bool inside = process.where == Where::steps;
  files->export_to(
      request.environment,
      inside ? parts.sources.place.paths.inside(folders.file_commands) : folders.file_commands);
  request.environment.merge(process.extra);

  auto* log = &call.log;
  OutputHandler output = [log](Stream stream, std::string_view bytes) {
    log->write(stream, bytes);
  };
  const auto program = request.argv.front();
  auto& host = inside ? parts.host : parts.machine;
  request.meanwhile = [&stock = parts.sources.files] { stock.tidy(); };
  auto result = co_await host.run(std::move(request), output, call.cancel);
  call.log.finish();

  if (!result.start_error.empty()) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = fmt::format("cannot start {}: {}", program, result.start_error);
    call.log.annotate(LogLine::Kind::error, outcome.reason);
  } else if (result.cancelled) {
    outcome.conclusion = Conclusion::cancelled;
    outcome.reason = call.cancel.reason();
  } else if (!result.status.success()) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = result.status.text();
  }
  auto results = files->read();
  auto effects = call.log.take_effects();
  auto saved = std::move(effects.state);
  saved.insert(saved.end(), results.state.begin(), results.state.end());
  // The commands came while it ran, its files are read now: they have the last word.
  apply_commands(parts, std::move(effects), outcome);
  apply_files(parts, call, std::move(results), outcome);
  if (process.on_report) process.on_report(files->read_report());
  if (process.saved_state != nullptr) {
    auto& known = *process.saved_state;
    for (auto& [name, value] : saved) {
      std::erase_if(known, [&name = name](const auto& entry) { return entry.first == name; });
      known.emplace_back(name, value);
    }
  }
  parts.sources.files.give_back(std::move(files));
  co_return outcome;
}

std::string display_name(const workflow::Step& step, const Scope& scope) {
  if (step.name) {
    try {
      return evaluate_string(*step.name, scope);
    } catch (const std::exception&) {  // GitHub shows the text as written then
      return step.name->raw;
    }
  }
  if (step.kind == workflow::Step::Kind::run && step.run) {
    std::string text = step.run->raw;
    try {
      text = evaluate_string(*step.run, scope);
    } catch (const std::exception&) {
    }
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return "Run";
    auto line = text.substr(begin, text.find_first_of("\r\n", begin) - begin);
    return "Run " + line;
  }
  return "Run " + step.uses;
}

asio::awaitable<StepOutcome> run_step_kind(JobParts& parts, StepCall& call) {
  switch (call.step.kind) {
    case workflow::Step::Kind::run:
      call.action = {call.action.step, {}, {}};
      co_return co_await run_script_step(parts, call);
    case workflow::Step::Kind::uses:
      co_return co_await run_uses_step(parts, call);
    default:
      break;
  }
  StepOutcome outcome;
  outcome.conclusion = Conclusion::failure;
  outcome.reason = "only the steps of a job can wait, cancel or be a parallel group";
  call.log.annotate(LogLine::Kind::error, outcome.reason);
  co_return outcome;
}

}  // namespace crun::executor
