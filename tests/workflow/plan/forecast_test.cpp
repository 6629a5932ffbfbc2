#include "workflow/plan/forecast.hpp"

#include <map>
#include <memory>

#include "tests/catch.hpp"
#include "workflow/model/workflow_reader.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A workflow's jobs and steps as they are likely to go, on a push to main.
struct Plan {
  explicit Plan(const std::string& jobs) {
    Diagnostics diagnostics;
    workflow = read_workflow(
        std::make_shared<SourceFile>("w.yml", "on: push\nenv: {LEVEL: low}\njobs:\n" + jobs),
        diagnostics);
    INFO(render(diagnostics));
    REQUIRE(workflow);
    const auto graph = make_graph(*workflow, diagnostics);
    Object github;
    github.set("ref", "refs/heads/main");
    contexts.set("github", Value(github));
    forecasts = forecast_jobs(*workflow, graph, contexts);
  }

  const JobForecast& job(const std::string& id) const {
    for (const auto& each : forecasts) {
      if (each.job->id == id) return each;
    }
    throw std::runtime_error("no job " + id);
  }
  std::string told(const std::string& id) const { return shown(job(id).forecast); }
  std::vector<std::string> steps(const std::string& id) const {
    std::vector<std::string> all;
    for (const auto& each : forecast_steps(*workflow, job(id), contexts)) {
      all.push_back(shown(each));
    }
    return all;
  }
  static std::string shown(const Forecast& forecast) {
    static const char* const names[] = {"runs", "skipped", "undecided", "fails"};
    return std::string(names[static_cast<int>(forecast.likely)]) + ": " + forecast.reason;
  }

  WorkflowPtr workflow;
  Object contexts;
  std::vector<JobForecast> forecasts;
};

std::string job(const std::string& id, const std::string& rest, const std::string& steps = "") {
  return "  " + id + ":\n    runs-on: x\n" + rest + "    steps:\n" +
         (steps.empty() ? "      - run: y\n" : steps);
}

}  // namespace

TEST_CASE("forecast: a job that is skipped takes with it those that need it", "[plan]") {
  const Plan plan(
      job("tag", "    if: startsWith(github.ref, 'refs/tags/')\n") +
      job("after", "    needs: tag\n") + job("last", "    needs: after\n") +
      job("always", "    needs: tag\n    if: always() && needs.tag.result == 'skipped'\n"));
  CHECK(
      plan.told("tag") ==
      "skipped: if: startsWith(github.ref, 'refs/tags/') is false (github.ref = "
      "'refs/heads/main')");
  CHECK(plan.told("after") == "skipped: if: success() is false (needs.tag.result = 'skipped')");
  CHECK_THAT(plan.told("last"), ContainsSubstring("skipped"));
  CHECK_THAT(plan.told("always"), ContainsSubstring("runs: if: always() && needs.tag.result == "));
}

TEST_CASE("forecast: what outputs decide is not decided, unless the rest decides it", "[plan]") {
  const Plan plan(
      job("first", "    outputs: {list: a}\n") +
      job("open", "    needs: first\n    if: needs.first.outputs.list != ''\n") +
      job("closed",
          "    needs: first\n    if: needs.first.outputs.list != '' && github.ref == 'x'\n") +
      job("beyond", "    needs: open\n") +
      job("anyway", "    needs: open\n    if: github.ref != 'x' && always()\n"));
  CHECK(
      plan.told("open") ==
      "undecided: if: needs.first.outputs.list != '' hangs on needs.first.outputs.list");
  CHECK(
      plan.told("closed") ==
      "skipped: if: needs.first.outputs.list != '' && github.ref == 'x' is false (github.ref = "
      "'refs/heads/main')");
  CHECK(plan.told("beyond") == "undecided: decided when what it needs is done");
  CHECK_THAT(plan.told("anyway"), ContainsSubstring("runs: "));
}

TEST_CASE("forecast: a matrix is expanded as soon as what it reads is known", "[plan]") {
  const Plan plan(
      job("now", "    strategy: {matrix: {a: [1, 2], b: \"${{ fromJSON('[3]') }}\"}}\n") +
      job("later",
          "    needs: now\n    strategy: {matrix: \"${{ fromJSON(needs.now.outputs.m) }}\"}\n") +
      job("never", "    strategy: {matrix: {a: \"${{ fromJSON('[]') }}\"}}\n"));
  CHECK(plan.job("now").legs.size() == 2);
  CHECK(plan.job("later").legs.empty());
  CHECK(plan.job("later").legs_unknown == "known when its needs are done");
  CHECK(plan.told("never") == "fails: Matrix vector 'a' does not contain any values");
}

TEST_CASE("forecast: steps know env, matrix and the steps before them", "[plan]") {
  const Plan plan(
      job("only",
          "    strategy: {matrix: {os: [a, b]}}\n    env: {OS: \"${{ matrix.os "
          "}}\"}\n",
          "      - {id: one, if: env.LEVEL == 'high', run: y}\n"
          "      - {if: steps.one.outcome == 'skipped', run: y}\n"
          "      - {if: matrix.os == 'b', run: y}\n"
          "      - {if: env.OS == 'a', run: y}\n"
          "      - {if: env.UNSET == '', run: y}\n"
          "      - {if: failure(), run: y}\n"
          "      - {if: \"hashFiles('x') != '' && always()\", run: y}\n"
          "      - {run: y}\n"
          "      - {if: fromJSON('nope') == 1, run: y}\n"));
  const auto steps = plan.steps("only");
  REQUIRE(steps.size() == 9);
  CHECK(steps[0] == "skipped: if: env.LEVEL == 'high' is false (env.LEVEL = 'low')");
  CHECK_THAT(steps[1], ContainsSubstring("runs: if: steps.one.outcome == 'skipped' is true"));
  CHECK(steps[2] == "runs: in 1 of 2 legs: only (b), if: matrix.os == 'b'");
  CHECK(steps[3] == "runs: in 1 of 2 legs: only (a), if: env.OS == 'a'");
  CHECK(steps[4] == "undecided: if: env.UNSET == '' hangs on env.UNSET");
  CHECK_THAT(steps[5], ContainsSubstring("decided anew when a step before it fails"));
  CHECK_THAT(steps[6], ContainsSubstring("hangs on hashFiles()"));
  CHECK(steps[7] == "runs: ");
  CHECK_THAT(steps[8], ContainsSubstring("fails: "));
}

TEST_CASE("forecast: a step's variables are made of those around it and of steps", "[plan]") {
  const Plan plan(job(
      "only",
      "    env: {MIDDLE: middle, LEVEL: \"${{ vars.LEVEL }}\"}\n",
      "      - {id: one, if: env.MIDDLE == 'low', run: y}\n"
      "      - {if: env.INNER == 'middle', env: {INNER: \"${{ env.MIDDLE }}\"}, run: y}\n"
      "      - {if: env.INNER == 'skipped', env: {INNER: \"${{ steps.one.outcome }}\"}, run: y}\n"
      "      - {if: env.LEVEL == 'low', run: y}\n"
      "      - {if: env.LEVEL == 'low', env: {LEVEL: low}, run: y}\n"
      "      - {if: env.INNER == '', env: {INNER: \"${{ steps.one.outputs.x }}\"}, run: y}\n"
      "      - {if: env.INNER == '', env: {INNER: \"${{ hashFiles('x') }}\"}, run: y}\n"));
  const auto steps = plan.steps("only");
  REQUIRE(steps.size() == 7);
  CHECK(steps[0] == "skipped: if: env.MIDDLE == 'low' is false (env.MIDDLE = 'middle')");
  CHECK_THAT(steps[1], ContainsSubstring("runs: "));
  CHECK_THAT(steps[2], ContainsSubstring("runs: "));
  CHECK(steps[3] == "skipped: if: env.LEVEL == 'low' is false (env.LEVEL = '')");
  CHECK_THAT(steps[4], ContainsSubstring("runs: "));
  CHECK_THAT(steps[5], ContainsSubstring("runs: "));
  CHECK(steps[6] == "undecided: if: env.INNER == '' hangs on env.INNER");
}

TEST_CASE("forecast: with very many legs and steps what hangs on the matrix stays open", "[plan]") {
  std::string numbers = "0";
  for (int i = 1; i < 256; ++i) numbers += ", " + std::to_string(i);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "      - {if: matrix.n == 1, run: y}\n";
  const Plan plan(
      job("only",
          "    strategy: {matrix: {n: [" + numbers + "]}}\n",
          "      - {if: env.LEVEL == 'low', run: y}\n" + many));
  const auto steps = plan.steps("only");
  REQUIRE(steps.size() == 101);
  CHECK_THAT(steps[0], ContainsSubstring("runs: "));
  CHECK(steps[1] == "undecided: if: matrix.n == 1 hangs on matrix.n");
}
