// What JavaScript actions of the repository's own are told, and what their commands leave.
#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::CalledProgram;

namespace {

std::string job(const std::string& steps) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n    steps:\n"
         "      - uses: actions/checkout@v4\n" +
         steps;
}

}  // namespace

TEST_CASE("javascript actions: a file has the last word over the old command", "[engine]") {
  const CalledProgram crun(job(R"(      - {id: tool, uses: ./tool}
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
  const CalledProgram crun(job("      - uses: ./tool\n"));
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
