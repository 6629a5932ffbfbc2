#include "runner/server/event_match.hpp"

#include <exception>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/git/repository.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/engine/prepare.hpp"

namespace crun::runner {

namespace fs = std::filesystem;

namespace {

std::string lower(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

RunOptions options_of(const EventToMatch& event, const std::string& workflow) {
  RunOptions options;
  options.workflow = workflow;
  options.event = event.event;
  options.event_payload = event.payload.json;
  options.ref = event.ref;
  options.sha = event.sha;
  options.vars = event.vars;
  options.directory = event.mirror;
  options.act = false;
  return options;
}

StartedWorkflow started(const PreparedRun& prepared) {
  StartedWorkflow made;
  made.path = prepared.path;
  made.name = prepared.path;
  if (!prepared.workflow) return made;
  if (!prepared.workflow->name.empty()) made.name = prepared.workflow->name;
  const auto& concurrency = prepared.workflow->concurrency;
  if (prepared.diagnostics.has_errors() || !concurrency) return made;
  workflow::Scope scope;
  scope.contexts.set("github", prepared.github);
  scope.contexts.set("vars", prepared.vars);
  scope.contexts.set("inputs", prepared.inputs);
  try {
    if (concurrency->group) made.group = lower(evaluate_string(*concurrency->group, scope));
    if (concurrency->cancel_in_progress) {
      made.cancel_in_progress = evaluate(*concurrency->cancel_in_progress, scope).truthy();
    }
  } catch (const workflow::EvaluationError&) {
    made.group.clear();  // the run fails for the same reason and says so
  }
  return made;
}

std::string short_name(const std::string& path) {
  return fs::path(path).filename().string();
}

}  // namespace

EventMatch match_workflows(const EventToMatch& event) {
  EventMatch match;
  const auto repository = executor::git::Repository::open(event.mirror);
  std::vector<std::string> reasons;
  for (const auto& name : repository.list_folder(event.sha, ".github/workflows")) {
    if (!name.ends_with(".yml") && !name.ends_with(".yaml")) continue;
    const auto path = ".github/workflows/" + name;
    try {
      const auto prepared = prepare_run(options_of(event, path), "0");
      const bool valid = prepared.workflow && !prepared.diagnostics.has_errors();
      if (!valid || prepared.trigger.fires) {
        match.started.push_back(started(prepared));
      } else {
        reasons.push_back(fmt::format("{}: {}", name, prepared.trigger.reason));
      }
    } catch (const std::exception& error) {
      reasons.push_back(fmt::format("{}: {}", name, error.what()));
    }
  }
  if (match.started.empty() && reasons.empty()) match.why_not = "the commit has no workflows";
  for (const auto& reason : reasons) {
    match.why_not += (match.why_not.empty() ? "" : "; ") + reason;
  }
  return match;
}

StartedWorkflow match_dispatch(const EventToMatch& event, const std::string& workflow) {
  try {
    const auto prepared = prepare_run(options_of(event, workflow), "0");
    if (!prepared.workflow || prepared.diagnostics.has_errors()) {
      throw UsageError(render(prepared.diagnostics));
    }
    if (!prepared.trigger.fires) throw UsageError(prepared.trigger.reason);
    return started(prepared);
  } catch (const UsageError& error) {
    throw UsageError(
        fmt::format("{}: {}", short_name(workflow), error.what()), std::string(error.cure()));
  }
}

}  // namespace crun::runner
