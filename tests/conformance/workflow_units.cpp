// workflows/unit: workflows as GitHub's editor reads them. Places of errors are compared, and the
// beginning of their words where the editor reads no further than a parser does; else the model.
// Besides: `uses` of reusable workflows, and ids.
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/model_json.hpp"
#include "tests/conformance/pack.hpp"
#include "tests/conformance/workflow_findings.hpp"
#include "workflow/model/id_builder.hpp"
#include "workflow/model/uses.hpp"
#include "workflow/model/workflow_reader.hpp"

namespace crun::conformance {

namespace {

namespace fs = std::filesystem;

/// The editor writes an empty list where the parser writes nothing.
Json without_empty_lists(Json json) {
  for (auto it = json.begin(); json.is_structured() && it != json.end();) {
    *it = without_empty_lists(*it);
    if (json.is_object() && it->is_array() && it->empty()) {
      it = json.erase(it);
    } else {
      ++it;
    }
  }
  return json;
}

std::string shown(const Json& json) {
  return nlohmann::json::parse(to_json(to_value(without_empty_lists(json))).dump()).dump();
}

std::string place(const Json& error) {
  return fmt::format("{}:{}", error.at("line").dump(), error.at("col").dump());
}

/// A model is made in spite of errors in some cases, and then gives more errors at one place; and
/// for broken YAML every reader has its own words.
void check_errors(
    const std::string& id,
    const Json& meta,
    const Json& errors,
    const std::vector<Finding>& findings,
    Report& report) {
  std::vector<std::string> expected;
  std::vector<std::string> got;
  const bool more = meta.value("error_policy", Json()) == "try-conversion";
  for (const auto& error : errors) {
    if (more && !expected.empty() && expected.back().starts_with(place(error) + " ")) continue;
    expected.push_back(place(error) + " " + error.at("text").get<std::string>());
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& finding = findings[i];
    auto told = fmt::format("{}:{} {}", finding.line, finding.column, finding.text);
    const bool same = i < expected.size() && told.starts_with(expected[i]);
    const bool yaml = finding.text.starts_with("Invalid YAML") && i < expected.size();
    got.push_back(same || yaml ? expected[i] : told);
  }
  report.check(
      id, fmt::format("{}", fmt::join(expected, "\n")), fmt::format("{}", fmt::join(got, "\n")));
}

void run_unit(const fs::path& folder, Report& report) {
  const auto id = folder.filename().string();
  const auto meta = Json::parse(read_file(folder / "meta.json"));
  const auto expected = Json::parse(read_file(folder / "expected.json"));
  workflow::WorkflowReaderOptions options;
  options.strict = true;
  options.keep_going = meta.value("error_policy", Json()) == "try-conversion";
  options.background_steps = !meta.value("experimental_features", Json::array()).empty();
  workflow::Diagnostics diagnostics;
  const auto source = std::make_shared<workflow::SourceFile>(
      meta.at("workflow_name"), read_file(folder / "workflow.yml"));
  const auto workflow = workflow::read_workflow(source, diagnostics, options);
  const auto findings = as_github_tells(diagnostics);
  const auto& errors = expected.at("parse_errors");
  if (!errors.empty() || !findings.empty()) {
    return check_errors(id, meta, errors, findings, report);
  }
  if (!expected.contains("template")) return report.pass();
  ModelJsonOptions form;
  form.events = meta.value("includes_events", false);
  report.check(id, shown(expected["template"]), shown(to_json(*workflow, {}, form)));
}

void run_units(const fs::path& folder, Report& report) {
  each_folder(folder, report, [&](const fs::path& test) { run_unit(test, report); });
}

Json parsed(const workflow::UsesReference& reference) {
  if (reference.kind != workflow::UsesReference::Kind::remote) return {{"path", reference.path}};
  return {
      {"owner", reference.owner},
      {"repository", reference.repository},
      {"path", reference.path},
      {"version", reference.version}};
}

void run_references(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto uses = test.at("uses").get<std::string>();
    const auto reference = workflow::parse_uses(uses);
    const auto expected = test.contains("error") ? test["error"] : test.at("parsed");
    const Json got = reference ? parsed(*reference) : Json("Invalid file reference: " + uses);
    report.check(test.at("id"), expected.dump(), got.dump());
  });
}

void run_ids(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    workflow::IdBuilder ids;
    auto got = Json::array();
    try {
      for (const auto& segments : test.at("builds")) {
        for (const auto& segment : segments) ids.append(segment.get<std::string>());
        got.push_back(ids.build());
      }
    } catch (const std::exception& error) {
      got.push_back(error.what());
    }
    const auto& expected = test.contains("ids") ? test["ids"] : test.at("error");
    const bool error = test.contains("error") && !got.empty() && got.back() == test["error"];
    error ? report.pass() : report.check(test.at("id"), expected.dump(), got.dump());
  });
}

const Registration units{{"workflows/unit", run_units}};
const Registration references{{"workflows/file_reference.jsonl", run_references}};
const Registration ids{{"workflows/id_builder.jsonl", run_ids}};

}  // namespace

}  // namespace crun::conformance
