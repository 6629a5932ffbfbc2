// What JavaScript actions of the repository's own are told, and what their commands leave.
#include <algorithm>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::CalledProgram;
using crun::tests::job_with_files;

TEST_CASE("javascript actions: a file has the last word over the old command", "[engine]") {
  if (!crun::tests::has_node()) {
    WARN("skipped: there is no node of version 20 or newer");
    return;
  }
  const CalledProgram crun(job_with_files(R"(      - {id: tool, uses: ./tool}
      - run: echo "it is ${{ steps.tool.outputs.word }}"
)"));
  crun.repository.write("tool/action.yml", R"(name: it
description: does
runs: {using: node20, main: main.js, post: post.js}
)");
  crun.repository.write("tool/main.js", R"(const fs = require('fs');
fs.appendFileSync(process.env.GITHUB_OUTPUT, 'word=of-the-file\n');
fs.appendFileSync(process.env.GITHUB_STATE, 'kept=of-the-file\n');
console.log('::set-output name=word::of-the-command');
console.log('::save-state name=kept::of-the-command');
)");
  crun.repository.write("tool/post.js", "console.log(`kept ${process.env.STATE_kept}`);\n");
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.said("it is of-the-file"));
  CHECK(called.said("kept of-the-file"));
}

TEST_CASE("javascript actions: a local one has no pre stage, which is told", "[engine]") {
  if (!crun::tests::has_node()) {
    WARN("skipped: there is no node of version 20 or newer");
    return;
  }
  const CalledProgram crun(job_with_files("      - uses: ./tool\n"));
  crun.repository.write("tool/action.yml", R"(name: it
description: does
runs: {using: node20, pre: pre.js, main: main.js}
)");
  crun.repository.write("tool/pre.js", "console.log('pre ran');\n");
  crun.repository.write("tool/main.js", "console.log('main ran');\n");
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.said("`pre` execution is not supported for local action from './tool'"));
  CHECK(called.said("main ran"));
  CHECK_FALSE(called.said("pre ran"));
}

TEST_CASE("javascript actions: continue-on-error is for the post stage too", "[engine]") {
  if (!crun::tests::has_node()) {
    WARN("skipped: there is no node of version 20 or newer");
    return;
  }
  const std::string manifest = R"(name: it
description: does
runs: {using: node20, main: main.js, post: post.js}
)";
  const auto with = [&](const std::string& steps) {
    CalledProgram crun(job_with_files(steps));
    crun.repository.write("tool/action.yml", manifest);
    crun.repository.write("tool/main.js", "");
    crun.repository.write("tool/post.js", "process.exitCode = 1;\n");
    crun.repository.write("around/action.yml", R"(name: it
description: does
runs:
  using: composite
  steps:
    - uses: ./tool
)");
    return crun.run({});
  };
  CHECK(with("      - uses: ./tool\n").code == 1);
  CHECK(with("      - {uses: ./tool, continue-on-error: true}\n").code == 0);
  CHECK(with("      - uses: ./around\n").code == 1);
  CHECK(with("      - {uses: ./around, continue-on-error: true}\n").code == 0);
}

TEST_CASE("javascript actions: the time limit of a step is for its post stage too", "[engine]") {
  if (!crun::tests::has_node()) {
    WARN("skipped: there is no node of version 20 or newer");
    return;
  }
  const CalledProgram crun(
      job_with_files("      - {uses: ./tool, name: Tool, timeout-minutes: 0.02}\n"));
  crun.repository.write("tool/action.yml", R"(name: it
description: does
runs: {using: node20, main: main.js, post: post.js}
)");
  crun.repository.write("tool/main.js", "");
  crun.repository.write("tool/post.js", "setTimeout(() => {}, 60000);\n");
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 1);
  CHECK(called.said("The action 'Post Tool' has timed out after 0.02 minutes."));
}

TEST_CASE("javascript actions: the log tells all inputs that have a value", "[engine]") {
  if (!crun::tests::has_node()) {
    WARN("skipped: there is no node of version 20 or newer");
    return;
  }
  const CalledProgram crun(
      job_with_files("      - {uses: ./tool, with: {second: given, empty: ''}}\n"));
  crun.repository.write("tool/action.yml", R"(name: it
description: does
inputs: {first: {default: its own}, second: {default: not used}, empty: {default: x}, none: {}}
runs: {using: node20, main: main.js}
)");
  crun.repository.write("tool/main.js", "");
  auto lines = crun.run({}).lines();
  const auto with = std::find(lines.begin(), lines.end(), "with:");
  REQUIRE(lines.end() - with > 3);
  CHECK(with[1] == "  second: given");
  CHECK(with[2] == "  first: its own");
  CHECK(with[3] == "env:");
}
