// `crun plan [WORKFLOW]`: what would run, with every condition's reason; runs nothing.
// `crun explain [WORKFLOW] [JOB[/STEP]]`: the same of one job or step, and which filter decided.

#include <chrono>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/commands.hpp"
#include "runner/cli/plan_words.hpp"
#include "runner/cli/run_arguments.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/journal.hpp"
#include "runner/engine/prepare.hpp"
#include "runner/render/printable.hpp"

namespace crun::runner {

namespace {

/// Prints what was found in the file. False: nothing can be said of what would run.
bool tell_findings(const PreparedRun& prepared) {
  print(stderr, render(prepared.diagnostics));
  return prepared.workflow && !prepared.diagnostics.has_errors();
}

int print_plan(RunOptions options) {
  options.only_plan = true;
  const auto prepared = prepare_run(options, new_run_id());
  if (!tell_findings(prepared)) return exit_invalid;
  const PlanWords words(prepared, options);
  auto out = words.head();
  if (prepared.event.name == "schedule") out += words.trigger(std::chrono::system_clock::now());
  if (prepared.trigger.fires || options.force) out += words.jobs();
  print(stdout, out);
  return exit_success;
}

/// `crun explain build/test` where there is one workflow: the first word need not be its name.
PreparedRun prepare_explained(RunOptions& options, std::string& what) {
  try {
    return prepare_run(options, new_run_id());
  } catch (const UsageError&) {
    if (!what.empty() || options.workflow.empty()) throw;
    auto other = options;
    other.workflow.clear();
    try {
      auto prepared = prepare_run(other, new_run_id());
      what = options.workflow;
      const auto job = what.substr(0, what.find('/'));
      if (prepared.workflow && prepared.workflow->find_job(job) != nullptr) return prepared;
    } catch (const UsageError&) {  // the first complaint is the one that helps
    }
    throw;
  }
}

int print_explanation(RunOptions options, std::string what) {
  options.only_plan = true;
  const auto prepared = prepare_explained(options, what);
  if (!tell_findings(prepared)) return exit_invalid;
  const PlanWords words(prepared, options);
  auto out = words.head() + words.trigger(std::chrono::system_clock::now());
  const auto slash = what.find('/');
  if (what.empty()) {
    out += words.jobs();
  } else if (slash == std::string::npos) {
    out += words.job(what);
  } else {
    out += words.step(what.substr(0, slash), what.substr(slash + 1));
  }
  print(stdout, out);
  return exit_success;
}

}  // namespace

void add_plan(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("plan", "say what would run and why; runs nothing");
  auto arguments = add_run_arguments(*command, chosen);
  command->callback([&chosen, arguments] {
    chosen.action = [arguments] { return print_plan(run_options(*arguments)); };
  });
}

void add_explain(CLI::App& app, Command& chosen) {
  auto* command =
      app.add_subcommand("explain", "say why a workflow, job or step runs or not; runs nothing");
  auto arguments = add_run_arguments(*command, chosen);
  auto what = std::make_shared<std::string>();
  command->add_option("what", *what, "JOB, or JOB/STEP: a step by its id, number or name");
  command->callback([&chosen, arguments, what] {
    chosen.action = [arguments, what] { return print_explanation(run_options(*arguments), *what); };
  });
}

}  // namespace crun::runner
