// `crun explain` from outside.

#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

namespace crun::tests {
namespace {

using Catch::Matchers::ContainsSubstring;

const CalledProgram& program() {
  static const CalledProgram crun(R"yaml(on:
  push: {branches: [main]}
  schedule: [{cron: '30 5 * * 1-5'}]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
      - {id: push, if: env.ACT != 'true', run: make push}
  tag:
    needs: build
    if: startsWith(github.ref, 'refs/tags/')
    runs-on: ubuntu-latest
    steps: [{run: make tag}]
)yaml");
  return crun;
}

Called explain(std::vector<std::string> options) {
  std::vector<std::string> arguments = {CRUN_PROGRAM, "explain"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return program().call(std::move(arguments));
}

}  // namespace

TEST_CASE("crun explain: a workflow: the filter, the schedule and each job", "[cli]") {
  const auto called = explain({"w.yaml"});
  CHECK(called.code == 0);
  CHECK_THAT(called.out, ContainsSubstring("branches 'main' matches main"));
  CHECK_THAT(
      called.out,
      ContainsSubstring("schedule: at 05:30, Monday through Friday (30 5 * * 1-5, UTC); next "));
  CHECK_THAT(
      called.out,
      ContainsSubstring("is skipped: if: startsWith(github.ref, 'refs/tags/') is false "
                        "(github.ref = 'refs/heads/main')"));
}

TEST_CASE("crun explain: one job, also where the workflow is not named", "[cli]") {
  for (const auto& words : std::vector<std::vector<std::string>>{{"tag"}, {"w.yaml", "tag"}}) {
    const auto called = explain(words);
    CHECK(called.code == 0);
    CHECK_THAT(called.out, ContainsSubstring("  tag\n    is skipped: "));
    CHECK_THAT(called.out, ContainsSubstring("needs build, which runs"));
    CHECK_THAT(called.out, ContainsSubstring("step 1 make tag: runs"));
    CHECK_THAT(called.out, !ContainsSubstring("make push"));
  }
}

TEST_CASE(
    "crun explain: one step by id, number or name, as it would be with other options", "[cli]") {
  for (const auto* name : {"build/push", "build/2"}) {
    const auto called = explain({"w.yaml", name});
    CHECK_THAT(
        called.out,
        ContainsSubstring("step 2 push (.github/workflows/w.yaml:9): is skipped: if: "
                          "env.ACT != 'true' is false (env.ACT = 'true')"));
  }
  CHECK_THAT(explain({"w.yaml", "build/make"}).out, ContainsSubstring("it has no `if`"));
  CHECK_THAT(
      explain({"w.yaml", "build/push", "--no-act", "--env", "ACT=false"}).out,
      ContainsSubstring("runs: if: env.ACT != 'true' is true (env.ACT = 'false')"));
}

TEST_CASE("crun explain: what is not there is told with what is", "[cli]") {
  const auto job = explain({"w.yaml", "nope"});
  CHECK(job.code == 2);
  CHECK_THAT(job.err, ContainsSubstring("there is no job 'nope'; the workflow has: build, tag"));
  const auto step = explain({"build/nope"});
  CHECK(step.code == 2);
  CHECK_THAT(step.err, ContainsSubstring("it has: 1 make, 2 push"));
  CHECK(explain({"nope"}).code == 2);
}

}  // namespace crun::tests
