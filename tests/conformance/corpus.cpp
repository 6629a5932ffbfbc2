// corpus: real workflows that must be read without an error, with the jobs, steps and events that
// they have. corpus-invalid: those that must be refused.
#include <memory>
#include <string>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "workflow/model/workflow_reader.hpp"

namespace crun::conformance {

namespace {

namespace fs = std::filesystem;

struct Reading {
  workflow::WorkflowPtr workflow;
  std::string errors;
};

Reading read(const fs::path& folder, const Json& test) {
  const auto name = test.at("file").get<std::string>();
  workflow::Diagnostics diagnostics;
  Reading reading;
  reading.workflow = workflow::read_workflow(
      std::make_shared<workflow::SourceFile>(name, read_file(folder / name)), diagnostics);
  for (const auto& finding : diagnostics.all()) {
    if (finding.severity == workflow::Severity::error) reading.errors += render(finding);
  }
  return reading;
}

/// Jobs, steps and events, sorted where their order means nothing.
Json outline(const workflow::Workflow& workflow) {
  auto jobs = Json::array();
  std::size_t steps = 0;
  for (const auto& job : workflow.jobs) {
    jobs.push_back(job.id);
    steps += job.steps.size();
  }
  auto events = Json::array();
  for (const auto& event : workflow.on.events) events.push_back(event.name);
  return {{"jobs", jobs}, {"steps", steps}, {"events", events}};
}

void run_valid(const fs::path& folder, Report& report) {
  for (const auto& test : Json::parse(read_file(folder / "index.json"))) {
    const auto reading = read(folder, test);
    const Json expected = {
        {"jobs", test.at("jobs")}, {"steps", test.at("steps")}, {"events", test.at("events")}};
    report.check(
        test.at("id"),
        expected.dump(),
        reading.workflow ? outline(*reading.workflow).dump() : reading.errors);
  }
}

void run_invalid(const fs::path& folder, Report& report) {
  for (const auto& test : Json::parse(read_file(folder / "index.json"))) {
    const auto reading = read(folder, test);
    const bool refused = !reading.workflow && !reading.errors.empty();
    refused ? report.pass()
            : report.fail(test.at("id"), test.at("reference_errors").dump(), "no error");
  }
}

const Registration valid{{"corpus", run_valid}};
const Registration restricted{{"corpus-restricted", run_valid}};
const Registration invalid{{"corpus-invalid", run_invalid}};

}  // namespace

}  // namespace crun::conformance
