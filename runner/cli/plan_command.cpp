// `crun plan [WORKFLOW]`: what would run, with every condition's reason; runs nothing.

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runner/cli/commands.hpp"
#include "runner/cli/run_arguments.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/journal.hpp"
#include "runner/engine/prepare.hpp"
#include "workflow/plan/condition.hpp"
#include "workflow/plan/matrix.hpp"

namespace crun::runner {

using workflow::Job;

namespace {

workflow::Scope plan_scope(const PreparedRun& prepared) {
  workflow::Scope scope;
  scope.contexts.set("github", prepared.github);
  scope.contexts.set("vars", prepared.vars);
  scope.contexts.set("inputs", prepared.inputs);
  scope.contexts.set("needs", workflow::Object());
  scope.functions = workflow::job_status_functions({}, false);
  return scope;
}

bool reads_needs(const workflow::Expression& expression) {
  const auto names = expression.context_names();
  return std::find(names.begin(), names.end(), "needs") != names.end();
}

std::string told_condition(const Job& job, const workflow::Scope& scope) {
  if (!job.condition || job.condition->text.empty()) {
    return job.needs.empty() ? "runs" : "runs when all jobs it needs have succeeded";
  }
  const auto& condition = *job.condition;
  if (!job.needs.empty() || reads_needs(condition.expression)) {
    return fmt::format("decided when its needs are done, if: {}", condition.text);
  }
  try {
    const auto decision = decide(condition, scope);
    return decision.runs ? fmt::format("runs, if: {}", condition.text)
                         : fmt::format("is skipped: {}", decision.reason);
  } catch (const workflow::EvaluationError& error) {
    return fmt::format("fails: {}", error.what());
  }
}

std::string told_matrix(const Job& job, const workflow::Scope& scope) {
  if (!job.strategy || !job.strategy->matrix) return {};
  const auto& token = *job.strategy->matrix;
  try {
    std::string legs;
    for (const auto& leg : workflow::expand_matrix(evaluate(token, scope))) {
      legs += fmt::format("\n      {}", workflow::leg_name(job.id, leg));
    }
    return "\n    legs:" + legs;
  } catch (const std::exception&) {  // values that only `needs` will bring
    return "\n    legs: known when its needs are done";
  }
}

int print_plan(const RunOptions& options) {
  const auto prepared = prepare_run(options, new_run_id());
  std::fputs(render(prepared.diagnostics).c_str(), stderr);
  if (!prepared.workflow || prepared.diagnostics.has_errors()) return exit_invalid;
  const auto& event = prepared.event;
  std::string out = fmt::format(
      "{}: {} of {} at {}\n", prepared.path, event.name, event.ref, event.sha.substr(0, 7));
  if (!event.reason.empty()) out += fmt::format("  {}\n", event.reason);
  if (!prepared.trigger.fires) {
    out += fmt::format(
        "  does not trigger: {}\n  help: {}\n", prepared.trigger.reason, prepared.trigger.cure);
    if (!options.force) {
      std::fputs(out.c_str(), stdout);
      return exit_success;
    }
  }
  const auto scope = plan_scope(prepared);
  for (const int index : prepared.graph.order) {
    const auto& job = prepared.workflow->jobs[static_cast<std::size_t>(index)];
    std::vector<std::string> needs;
    for (const auto& need : job.needs) needs.push_back(need.job);
    out += fmt::format(
        "  {}{}\n",
        job.id,
        needs.empty() ? "" : fmt::format(" (needs {})", fmt::join(needs, ", ")));
    out += fmt::format("    {}{}\n", told_condition(job, scope), told_matrix(job, scope));
    for (const auto& step : job.steps) {
      if (step.condition && !step.condition->text.empty()) {
        const auto what = step.name ? step.name->raw : step.uses.empty() ? step.id : step.uses;
        out += fmt::format("    step {}: if: {}\n", what, step.condition->text);
      }
    }
  }
  std::fputs(out.c_str(), stdout);
  return exit_success;
}

}  // namespace

void add_plan(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("plan", "say what would run and why; runs nothing");
  auto arguments = add_run_arguments(*command);
  command->callback([&chosen, arguments] {
    chosen = [arguments] { return print_plan(run_options(*arguments)); };
  });
}

}  // namespace crun::runner
