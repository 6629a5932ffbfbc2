#include "workflow/model/called_workflows.hpp"

#include <map>
#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace crun::workflow;

namespace {

/// Reads a workflow and what it calls out of texts; tells the first finding.
struct Project {
  std::map<std::string, std::string> files;
  CallOptions options;
  CalledWorkflows calls;
  Diagnostics diagnostics;

  std::string read(const std::string& text) {
    diagnostics = {};
    const auto workflow =
        read_workflow(std::make_shared<SourceFile>("w.yaml", text), diagnostics, options.reading);
    if (!workflow) return render(diagnostics);
    options.find = [this](const std::string& reference) -> SourcePtr {
      const auto found = files.find(reference);
      if (found == files.end()) return nullptr;
      return std::make_shared<SourceFile>(reference, found->second);
    };
    calls = read_called_workflows(*workflow, options, diagnostics);
    return diagnostics.all().empty() ? "" : diagnostics.all().front().message;
  }
};

const std::string called = R"(on:
  workflow_call:
    inputs:
      count: {type: number, required: true}
    secrets:
      token: {required: true}
jobs:
  job: {runs-on: x}
)";

std::string call(const std::string& rest) {
  return "on: push\njobs:\n  c:\n    uses: ./.github/workflows/c.yml\n" + rest;
}

}  // namespace

TEST_CASE("called workflows: inputs and secrets are checked against what is called", "[model]") {
  Project project;
  project.files["./.github/workflows/c.yml"] = called;
  CHECK(project.read(call("    with: {count: 3}\n    secrets: {TOKEN: x}\n")) == "");
  REQUIRE(project.calls.size() == 1);
  CHECK(find_call(project.calls, "c")->workflow->jobs.size() == 1);
  CHECK(project.read(call("    with: {count: 3}\n    secrets: inherit\n")) == "");
  CHECK(project.read(call("    with: {count: '${{ github.x }}'}\n    secrets: inherit\n")) == "");
  CHECK(
      project.read(call("    secrets: inherit\n")) ==
      "Input count is required, but not provided while calling.");
  CHECK(
      project.read(call("    with: {count: many}\n    secrets: inherit\n")) ==
      "Unexpected value 'many'");
  CHECK(
      project.read(call("    with: {count: 1, colour: red}\n    secrets: inherit\n")) ==
      "Invalid input, colour is not defined in the referenced workflow.");
  CHECK(
      project.read(call("    with: {count: 1}\n")) ==
      "Secret token is required, but not provided while calling.");
  CHECK(
      project.read(call("    with: {count: 1}\n    secrets: {token: a, other: b}\n")) ==
      "Invalid secret, other is not defined in the referenced workflow.");
}

TEST_CASE(
    "called workflows: one that is not made to be called is refused, at its `on`", "[model]") {
  Project project;
  project.files["./.github/workflows/c.yml"] = "on: push\njobs: {a: {runs-on: x}}";
  CHECK(project.read(call("")) == "workflow_call key is not defined in the referenced workflow.");
  const auto& finding = project.diagnostics.all().front();
  CHECK(finding.source->path() == "./.github/workflows/c.yml");
  REQUIRE(finding.notes.size() == 1);
  CHECK(finding.notes[0].span.begin.line == 4);
  project.files.clear();
  CHECK(project.read(call("")).starts_with("Unable to find reusable workflow"));
}

TEST_CASE("called workflows: permissions can only be reduced", "[model]") {
  Project project;
  project.files["./.github/workflows/c.yml"] =
      "on: workflow_call\njobs: {j: {runs-on: x, permissions: {actions: write, contents: read}}}";
  CHECK(
      project.read(call("")) ==
      "Error calling workflow './.github/workflows/c.yml'. The nested job 'j' is requesting "
      "'actions: write', but is only allowed 'actions: none'.");
  CHECK(project.read(call("    permissions: write-all\n")) == "");
  project.options.policy = PermissionsPolicy::write;
  CHECK(project.read(call("")) == "");
  CHECK(
      project.read(call("    permissions: {}\n")) ==
      "Error calling workflow './.github/workflows/c.yml'. The nested job 'j' is requesting "
      "'actions: write, contents: read', but is only allowed 'actions: none, contents: none'.");
}

TEST_CASE("called workflows: what lies beside a called workflow is found beside it", "[model]") {
  Project project;
  project.files["o/r/.github/workflows/a.yml@v1"] =
      "on: workflow_call\njobs: {j: {uses: ./.github/workflows/b.yml}}";
  project.files["o/r/.github/workflows/b.yml@v1"] = "on: workflow_call\njobs: {k: {runs-on: x}}";
  const std::string text = "on: push\njobs: {c: {uses: o/r/.github/workflows/a.yml@v1}}";
  CHECK(project.read(text) == "");
  CHECK(project.calls[0].calls[0].reference == "o/r/.github/workflows/b.yml@v1");
  project.options.depth = 1;
  CHECK(project.read(text) == "Nested reusable workflow depth exceeded 1.");
  project.options.depth = 9;
  project.options.files = 2;
  CHECK(project.read(text) == "The maximum file count of 2 has been exceeded");
}
