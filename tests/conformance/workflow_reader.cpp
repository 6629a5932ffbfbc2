// workflows/reader: a workflow, with those that it calls, to the model or to errors. A case passes
// if everything is equal; how many are equal in less (result or error, places of errors) is told
// besides.
#include "workflow/model/workflow_reader.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/model_json.hpp"
#include "tests/conformance/pack.hpp"
#include "tests/conformance/workflow_findings.hpp"
#include "workflow/model/called_workflows.hpp"

namespace crun::conformance {

namespace {

namespace fs = std::filesystem;

struct Levels {
  int total = 0;
  int outcome = 0;  // result or error
  int places = 0;   // of the errors
  int all = 0;
};

struct Outcome {
  Json model;
  std::vector<Finding> findings;
};

workflow::SourcePtr source(const fs::path& file, const std::string& name) {
  return std::make_shared<workflow::SourceFile>(name, read_file(file));
}

std::size_t size_option(const Json& options, const char* key, std::size_t otherwise) {
  return options.contains(key) ? options.at(key).get<std::size_t>() : otherwise;
}

bool only_typescript(const Json& meta) {
  int production = 0;
  for (const auto& skipped : meta.at("skipped_by")) production += skipped != "TypeScript";
  return production == 2;  // Go and C#
}

workflow::CallOptions call_options(const fs::path& folder, const Json& meta) {
  const auto& options = meta.at("options");
  workflow::CallOptions calls;
  std::map<std::string, fs::path> files;
  for (const auto& called : meta.value("referenced_workflows", Json::array())) {
    files[called.at("ref")] = folder / called.at("file").get<std::string>();
  }
  calls.find = [files](const std::string& reference) -> workflow::SourcePtr {
    const auto found = files.find(reference);
    return found == files.end() ? nullptr : source(found->second, reference);
  };
  if (options.value("permissions-policy", "") == "Write") {
    calls.policy = workflow::PermissionsPolicy::write;
  }
  calls.depth =
      static_cast<int>(size_option(options, "max-nested-reusable-workflows-depth", calls.depth));
  auto& reading = calls.reading;
  reading.strict = only_typescript(meta);
  reading.exact_places = false;
  reading.bytes = size_option(options, "max-result-size", reading.bytes);
  reading.characters = size_option(options, "max-file-size", reading.characters);
  reading.jobs = size_option(options, "max-job-limit", reading.jobs);
  reading.depth = static_cast<int>(size_option(options, "max-depth", reading.depth));
  return calls;
}

Outcome read(const fs::path& folder, const Json& meta) {
  auto options = call_options(folder, meta);
  workflow::ReadingBudget budget;
  options.reading.budget = &budget;
  workflow::Diagnostics diagnostics;
  const auto file = source(folder / "workflow.yml", meta.at("workflow_name"));
  const auto workflow = workflow::read_workflow(file, diagnostics, options.reading);
  workflow::CalledWorkflows called;
  if (workflow && !meta.at("options").value("skip-reusable-workflows", false)) {
    called = workflow::read_called_workflows(*workflow, options, diagnostics);
  }
  Outcome outcome;
  outcome.findings = as_github_tells(diagnostics);
  if (!outcome.findings.empty()) return outcome;
  ModelJsonOptions form;
  form.source = meta.at("options").value("include-source", false);
  form.events = meta.value("includes_events", false);
  outcome.model = to_json(*workflow, called, form);
  return outcome;
}

std::string messages(const std::vector<Finding>& findings) {
  std::vector<std::string> told;
  for (const auto& finding : findings) told.push_back(finding.message);
  return fmt::format("{}", fmt::join(told, "\n"));
}

std::vector<Finding> expected_findings(const Json& errors) {
  std::vector<Finding> findings;
  for (const auto& error : errors) {
    Finding finding;
    finding.message = error.at("message");
    if (error.contains("file") && !error["file"].is_null()) finding.file = error["file"];
    if (error.contains("line") && !error["line"].is_null()) finding.line = error["line"];
    if (error.contains("col") && !error["col"].is_null()) finding.column = error["col"];
    findings.push_back(std::move(finding));
  }
  return findings;
}

bool same_places(const std::vector<Finding>& left, const std::vector<Finding>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].place() != right[i].place()) return false;
  }
  return true;
}

// Members in any order are one object in the pack, 2 and 2.0 one number.
std::string sorted(const Json& json) {
  return nlohmann::json::parse(to_json(to_value(json)).dump()).dump();
}

void run_case(const fs::path& folder, Levels& levels, Report& report) {
  const auto id = folder.filename().string();
  const auto meta = Json::parse(read_file(folder / "meta.json"));
  const auto expected = Json::parse(read_file(folder / "expected.json"));
  const auto outcome = read(folder, meta);
  ++levels.total;
  if (!expected.contains("errors")) {
    if (!outcome.findings.empty()) return report.fail(id, "a model", messages(outcome.findings));
    ++levels.outcome;
    ++levels.places;
    const auto got = sorted(outcome.model);
    const auto wanted = sorted(expected);
    if (got == wanted) ++levels.all;
    return report.check(id, wanted, got);
  }
  const auto wanted = expected_findings(expected["errors"]);
  if (!outcome.findings.empty()) ++levels.outcome;
  if (same_places(wanted, outcome.findings)) ++levels.places;
  if (messages(wanted) == messages(outcome.findings)) ++levels.all;
  report.check(id, messages(wanted), messages(outcome.findings));
}

void run(const fs::path& folder, Report& report) {
  Levels levels;
  each_folder(folder, report, [&](const fs::path& test) { run_case(test, levels, report); });
  report.remark(fmt::format(
      "result or error: {}/{}, places of errors: {}/{}, everything: {}/{}",
      levels.outcome,
      levels.total,
      levels.places,
      levels.total,
      levels.all,
      levels.total));
}

const Registration registration{{"workflows/reader", run}};

}  // namespace

}  // namespace crun::conformance
