#include "workflow/model/workflow_reader.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/catch.hpp"

using namespace crun::workflow;

namespace {

struct Reading {
  WorkflowPtr workflow;
  Diagnostics diagnostics;

  /// "line:column message" of each finding, in order.
  std::vector<std::string> findings() const {
    std::vector<std::string> told;
    for (const auto& finding : diagnostics.all()) {
      told.push_back(fmt::format(
          "{}:{} {}", finding.span.begin.line, finding.span.begin.column, finding.message));
    }
    return told;
  }
  std::string rendered() const { return render(diagnostics); }
};

Reading read(const std::string& text, const WorkflowReaderOptions& options = {}) {
  Reading reading;
  const auto source = std::make_shared<SourceFile>("w.yaml", text);
  reading.workflow = read_workflow(source, reading.diagnostics, options);
  return reading;
}

using Findings = std::vector<std::string>;

const std::string one_job = R"(on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo hi
)";

}  // namespace

TEST_CASE("workflow reader: an ordinary workflow becomes the model", "[model]") {
  const auto reading = read(R"(name: Build
run-name: Build ${{ github.ref }}
on:
  push:
    branches: [main]
    paths: 'src/**'
  workflow_dispatch:
    inputs:
      service: {type: choice, required: true, options: [a, b], default: a}
permissions: {contents: read}
env: {LEVEL: 1.10}
jobs:
  first:
    runs-on: [self-hosted, linux]
    outputs: {x: '${{ steps.s.outputs.x }}'}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - id: s
        name: Say ${{ github.ref }}
        run: echo
      - run: echo again
        if: failure()
  second:
    needs: first
    if: needs.first.outputs.x != ''
    strategy: {fail-fast: false, matrix: {os: [a, b]}}
    runs-on: ${{ matrix.os }}
    steps: [{uses: ./action, with: {n: 3}}]
)");
  CHECK(reading.findings() == Findings{});
  REQUIRE(reading.workflow);
  const auto& workflow = *reading.workflow;
  CHECK(workflow.name == "Build");
  CHECK(workflow.run_name->kind == Token::Kind::expression);
  REQUIRE(workflow.on.events.size() == 2);
  CHECK(workflow.on.find("push")->branches->front().text == "main");
  CHECK(workflow.on.find("push")->paths->front().text == "src/**");
  CHECK_FALSE(workflow.on.find("push")->tags);
  const auto& input = workflow.on.find("workflow_dispatch")->inputs.front();
  CHECK(input.type == InputDefinition::Type::choice);
  CHECK(input.required);
  CHECK(input.options == std::vector<std::string>{"a", "b"});
  CHECK(
      workflow.permissions->scopes.front() ==
      std::pair<std::string, std::string>("contents", "read"));
  CHECK(workflow.env->find("LEVEL")->text == "1.1");

  REQUIRE(workflow.jobs.size() == 2);
  const auto& steps = workflow.jobs[0].steps;
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].id == "__actions_checkout");
  CHECK(steps[0].uses_comment == "v4.2.2");
  CHECK(steps[0].uses_span.begin.column == 15);
  CHECK(steps[1].has_author_id());
  CHECK(steps[2].id == "__run");
  CHECK(steps[2].condition->expression.text() == "failure()");
  const auto& second = *workflow.find_job("SECOND");
  CHECK(second.needs.front().job == "first");
  CHECK(second.condition->text == "needs.first.outputs.x != ''");
  CHECK(second.condition->expression.text() == "success() && (needs.first.outputs.x != '')");
  CHECK(second.strategy->matrix->find("os")->items.size() == 2);
  CHECK_FALSE(second.strategy->fail_fast->boolean);
  CHECK(second.steps.front().with->find("n")->text == "3");
  CHECK(second.steps.front().id == "__self");
}

TEST_CASE(
    "workflow reader: a key that is there twice is told at both places, with one block for both",
    "[model]") {
  const auto reading = read(R"(on:
  push:
    branches: [main]
    paths: ['services/**']  # only these
  push:
    tags: ['*@1']
jobs:
  build:
    runs-on: x
    runs-on: y
)");
  CHECK_FALSE(reading.workflow);
  CHECK(
      reading.findings() ==
      Findings{"5:3 'push' is already defined", "10:5 'runs-on' is already defined"});
  const auto text = reading.rendered();
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("w.yaml:5:3: error"));
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("w.yaml:2:3: note"));
  CHECK(
      reading.diagnostics.all()[0].help ==
      "write both in one block:\npush:\n  branches:\n    - main\n  paths:\n    - "
      "'services/**'\n  tags:\n    - '*@1'");
}

TEST_CASE("workflow reader: what is joined keeps its lines and comments", "[model]") {
  const auto reading = read(R"(on: push
env:
  A: one  # the first
  # and more
  B: |
    two
env:
  C: three

jobs: {a: {runs-on: x}}
)");
  REQUIRE(reading.diagnostics.all().size() == 1);
  CHECK(
      reading.diagnostics.all()[0].help ==
      "write both in one block:\nenv:\n  A: one  # the first\n  # and more\n  B: |\n    two\n"
      "  C: three");
  const auto overlapping = read("on: push\nenv: {A: 1}\nenv: {A: 2}\njobs: {a: {runs-on: x}}\n");
  CHECK(overlapping.diagnostics.all()[0].help == "a mapping has each key once; remove one 'env'");
}

TEST_CASE("workflow reader: lenient, two blocks of one key are joined", "[model]") {
  WorkflowReaderOptions lenient;
  lenient.lenient = true;
  const auto text = R"(on:
  push:
    branches: [main]
  push:
    tags: [v1]
jobs:
  build:
    steps: [{run: echo}]
)";
  const auto reading = read(text, lenient);
  REQUIRE(reading.workflow);
  CHECK(reading.diagnostics.count(Severity::warning) == 2);  // and runs-on
  const auto* push = reading.workflow->on.find("push");
  CHECK(push->branches->size() == 1);
  CHECK(push->tags->size() == 1);
  CHECK_FALSE(reading.workflow->jobs.front().runs_on);
}

TEST_CASE("workflow reader: after an error it can go on, for those who look for more", "[model]") {
  WorkflowReaderOptions on;
  on.keep_going = true;
  const auto reading = read(
      R"(on:
  push:
    branches: [main]
  push:
    tags: [v1]
jobs:
  build:
    runs-on: x
    needs: nobody
    steps: [{run: echo, frobnicate: 1}, {uses: actions/checkout}]
)",
      on);
  REQUIRE(reading.workflow);
  CHECK(reading.workflow->on.find("push")->tags);
  CHECK(
      reading.findings() ==
      Findings{
          "4:3 'push' is already defined",
          "10:25 Unexpected value 'frobnicate'",
          "10:48 Expected format {org}/{repo}[/path]@ref. Actual 'actions/checkout'"});
  CHECK_FALSE(read("on: push\njobs: {a: {steps: []}}").workflow);
}

TEST_CASE("workflow reader: an unknown key is told with the key that is meant", "[model]") {
  const auto reading = read(R"(on: push
jobs:
  build:
    runs-on: x
    steps:
      - runs: echo ran
)");
  CHECK(
      reading.findings() ==
      Findings{
          "6:9 Unexpected value 'runs'",
          "6:9 There's not enough info to determine what you meant. Add one of these properties: "
          "cancel, parallel, run, shell, uses, wait, wait-all, with, working-directory"});
  CHECK(reading.diagnostics.all()[0].help == "did you mean `run`?");
}

TEST_CASE(
    "workflow reader: a context that is not known there is named, with where it is", "[model]") {
  const auto reading = read(R"(on: push
jobs:
  build:
    if: env.ACT != 'true'
    runs-on: x
)");
  CHECK(
      reading.findings() == Findings{"4:9 Unrecognized named-value: 'env'. Located at position 1 "
                                     "within expression: env.ACT != "
                                     "'true'"});
  const auto& help = reading.diagnostics.all()[0].help;
  CHECK_THAT(help, Catch::Matchers::ContainsSubstring("known here: github, inputs, needs, vars"));
  CHECK_THAT(help, Catch::Matchers::ContainsSubstring("jobs.<job_id>.steps[*] (name, if, "));
}

TEST_CASE("workflow reader: what GitHub refuses is refused at its place", "[model]") {
  const auto refused = [](const std::string& job) {
    const auto reading = read("on: push\njobs:\n  bad:\n" + job);
    CHECK_FALSE(reading.workflow);
    const auto findings = reading.findings();
    return findings.empty() ? std::string() : findings.front();
  };
  CHECK(refused("    steps: [{run: x}]\n") == "4:5 Required property is missing: runs-on");
  CHECK(
      refused("    runs-on: x\n    strategy: {matrix: {service: 5}}\n") ==
      "5:34 Unexpected value '5'");
  CHECK(
      refused("    runs-on: x\n    strategy: {matrix: {a: []}}\n") ==
      "5:28 Matrix vector 'a' does not contain any values");
  CHECK(
      refused("    runs-on: x\n    steps: [{run: 'echo ${{ github.ref'}]\n") ==
      "5:25 The expression is not closed. An unescaped ${{ sequence was found, but the closing }} "
      "sequence was not found.");
  CHECK(
      refused("    runs-on: x\n    if: frobnicate('x')\n") ==
      "5:9 Unrecognized function: 'frobnicate'. Located at position 1 within expression: "
      "frobnicate('x')");
  CHECK(
      refused("    runs-on: x\n    needs: nowhere\n").find("no dependencies") != std::string::npos);
  CHECK(refused("    runs-on: x\n    timeout-minutes: soon\n") == "5:22 Unexpected value 'soon'");
  CHECK(refused("    runs-on: x\n    timeout-minutes: '5'\n") == "5:22 Unexpected value '5'");
  CHECK(refused("    runs-on:\n") == "4:13 Unexpected value ''");
  CHECK(
      refused("    runs-on: x\n    container: docker://\n") ==
      "5:16 Container image cannot be empty");
  CHECK(
      refused("    runs-on: x\n    steps: [{id: a, run: x}, {id: A, run: y}]\n") ==
      "5:35 The identifier 'A' may not be used more than once within the same scope.");
  CHECK(
      refused("    runs-on: x\n    permissions: {contents: all}\n") ==
      "5:29 Unexpected value 'all'");
}

TEST_CASE("workflow reader: needs, cycles and ids are checked over the jobs", "[model]") {
  const auto reading = read(R"(on: push
jobs:
  a: {runs-on: x}
  b: {runs-on: x, needs: [A, nowhere]}
  c: {runs-on: x, needs: d}
  d: {runs-on: x, needs: c}
)");
  CHECK(
      reading.findings() ==
      Findings{
          "4:30 Job 'b' depends on unknown job 'nowhere'.",
          "5:26 Job 'c' depends on job 'd' which creates a cycle in the dependency graph.",
          "6:26 Job 'd' depends on job 'c' which creates a cycle in the dependency graph."});
}

TEST_CASE("workflow reader: limits end the reading", "[model]") {
  WorkflowReaderOptions small;
  small.bytes = 100;
  CHECK(read(one_job, small).findings() == Findings{"0:0 Maximum object size exceeded"});
  small = {};
  small.depth = 3;
  CHECK(read(one_job, small).findings() == Findings{"0:0 Maximum object depth exceeded"});
  small = {};
  small.characters = 20;
  CHECK(
      read(one_job, small).findings() ==
      Findings{"0:0 w.yaml: The maximum file size of 20 characters has been exceeded"});
  small = {};
  small.jobs = 1;
  CHECK(
      read("on: push\njobs: {a: {runs-on: x}, b: {runs-on: x}, c: {runs-on: x}}", small)
          .findings() ==
      Findings{"2:25 Workflows may not contain more than 1 jobs across all referenced files"});
}

TEST_CASE("workflow reader: background steps wait for steps before them", "[model]") {
  const auto reading = read(R"(on: push
jobs:
  build:
    runs-on: x
    steps:
      - {id: server, run: serve, background: true}
      - wait: server
      - wait-all:
      - cancel: server
      - parallel: [{run: a}, {run: b}]
)");
  REQUIRE(reading.workflow);
  const auto& steps = reading.workflow->jobs[0].steps;
  CHECK(steps[0].background);
  CHECK(steps[1].targets == std::vector<std::string>{"server"});
  CHECK(steps[2].kind == Step::Kind::wait_all);
  CHECK(steps[3].id == "__cancel");
  CHECK(steps[4].parallel.size() == 2);
  CHECK(steps[4].parallel[1].id == "__run_2");

  CHECK(
      read("on: push\njobs: {a: {runs-on: x, steps: [{id: w, wait: [later, w, __x]}]}}")
          .findings() ==
      Findings{
          "2:47 Step references unknown step ID 'later'",
          "2:54 Step 'w' cannot reference itself",
          "2:57 The identifier '__x' is invalid. IDs starting with '__' are reserved."});
}
