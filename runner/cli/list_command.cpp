// `crun list`: the repository's workflows, their events and jobs.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runner/cli/commands.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/find_workflow.hpp"
#include "runner/engine/schedule_times.hpp"
#include "runner/render/printable.hpp"
#include "workflow/model/workflow_reader.hpp"

namespace crun::runner {

namespace {

int list_workflows(const std::filesystem::path& directory) {
  const auto repository =
      executor::git::Repository::open(std::filesystem::current_path() / directory);
  const auto files = workflow_files(repository);
  const auto now = std::chrono::system_clock::now();
  if (files.empty()) std::fputs("no workflows in .github/workflows\n", stdout);
  for (const auto& file : files) {
    workflow::Diagnostics diagnostics;
    workflow::WorkflowReaderOptions reading;
    reading.keep_going = true;
    const auto workflow = read_workflow(read_workflow_text(repository, file), diagnostics, reading);
    std::vector<std::string> events, jobs;
    std::string schedules;
    if (workflow) {
      for (const auto& event : workflow->on.events) {
        events.push_back(event.name);
        for (const auto& schedule : event.schedules) {
          schedules += fmt::format("  runs:   {}\n", told_schedule(schedule, now, 1));
        }
      }
      for (const auto& job : workflow->jobs) jobs.push_back(job.id);
    }
    const auto errors = diagnostics.count(workflow::Severity::error);
    print(
        stdout,
        fmt::format(
            "{}{}\n  name:   {}\n  events: {}\n{}  jobs:   {}\n",
            file.path,
            errors > 0 ? fmt::format("  ({} errors: see crun plan {})", errors, file.path) : "",
            workflow ? workflow->name : "",
            fmt::join(events, ", "),
            schedules,
            fmt::join(jobs, ", ")));
  }
  return exit_success;
}

}  // namespace

void add_list(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("list", "the repository's workflows, their events and jobs");
  auto directory = std::make_shared<std::string>();
  command->add_option("-C,--directory", *directory, "repository; default: the current folder");
  command->callback(
      [&chosen, directory] { chosen.action = [directory] { return list_workflows(*directory); }; });
}

}  // namespace crun::runner
