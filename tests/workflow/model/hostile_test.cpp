// Workflows that mean harm, or are broken beyond measure: a short diagnostic, soon.
#include <ctime>
#include <memory>

#include "bench/repeated.hpp"

#include "tests/catch.hpp"
#include "workflow/lint/lint.hpp"
#include "workflow/model/workflow_reader.hpp"
#include "workflow/plan/forecast.hpp"
#include "workflow/plan/graph.hpp"
#include "workflow/trigger/match.hpp"

using namespace crun::workflow;
using crun::bench::numbered;
using crun::bench::repeat;

namespace {

const std::string job = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: y\n";

std::string with_step(const std::string& more) {
  return job + "        " + more + "\n";
}

std::string with_matrix(const std::string& matrix) {
  return "on: push\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:\n" + matrix +
         "    steps: [{run: y}]\n";
}

struct Outcome {
  bool refused = false;
  std::string told;
  long milliseconds = 0;  // of the processor: a busy machine is no fault
};

/// All that `crun plan` does with the text of a workflow.
Outcome plan(const std::string& text) {
  const auto start = std::clock();
  Outcome outcome;
  Diagnostics diagnostics;
  WorkflowReaderOptions options;
  options.keep_going = true;
  const auto workflow =
      read_workflow(std::make_shared<SourceFile>("w.yml", text), diagnostics, options);
  ProjectFacts facts;
  facts.tags = [] {
    std::vector<std::string> tags;
    for (int i = 0; i < 100; ++i) tags.push_back("part" + std::to_string(i) + "@1.0");
    return tags;
  };
  if (workflow) lint(*workflow, facts, diagnostics);
  outcome.refused = diagnostics.has_errors();
  diagnostics.sort();
  outcome.told = render(diagnostics);
  if (!outcome.refused) {
    const auto graph = make_graph(*workflow, diagnostics);
    std::vector<std::string> changed;
    for (int i = 0; i < 100; ++i) changed.push_back("source/part" + std::to_string(i) + "/a.c");
    const EventFacts push{"push", "refs/heads/main", "", "", changed};
    const auto match = match_event(workflow->on, push);
    outcome.told += match.reason + match.because + match.cure;
    for (const auto& each : forecast_jobs(*workflow, graph, Object())) {
      outcome.told += each.forecast.reason;
      for (const auto& step : forecast_steps(*workflow, each, Object()))
        outcome.told += step.reason;
    }
  }
  outcome.milliseconds = (std::clock() - start) / (CLOCKS_PER_SEC / 1000);
  return outcome;
}

void check(const std::string& text, bool refused) {
  INFO(text.substr(0, 200));
  const auto outcome = plan(text);
  CHECK(outcome.refused == refused);
  CHECK(outcome.told.size() < 200'000);
  // An optimized crun needs less than 200 ms; this is to catch what is quadratic.
  CHECK(outcome.milliseconds < 4000);
}

}  // namespace

TEST_CASE("hostile workflow: nesting and repetition are refused", "[model]") {
  check("on: " + repeat("[", 100'000), true);
  check("on: " + repeat("{", 100'000), true);
  check(with_step("if: " + repeat("(", 100'000) + "1" + repeat(")", 100'000)), true);
  check(with_step("if: ${{ " + repeat("!", 20'000) + "1 }}"), true);
  check(with_step("name: \"" + repeat("${{ 1 }}", 60'000) + "\""), true);
  check(
      job + "env:\n  A: &a x\n" +
          numbered(60'000, [](int i) { return "  B" + std::to_string(i) + ": *a\n"; }),
      true);
}

TEST_CASE("hostile workflow: a matrix with a million legs fails before it is made", "[model]") {
  std::string vectors;
  for (const char name : std::string("abcdef")) {
    vectors += std::string("        ") + name + ": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
  }
  for (const auto& matrix : {vectors, vectors + "        exclude: [{a: 1}, {a: 2}]\n"}) {
    const auto outcome = plan(with_matrix(matrix));
    CHECK_FALSE(outcome.refused);
    CHECK_THAT(outcome.told, Catch::Matchers::ContainsSubstring("256"));
    CHECK(outcome.milliseconds < 4000);
  }
}

TEST_CASE("hostile workflow: many jobs, in a row, in a ring, or each needing all", "[model]") {
  const auto jobs = [](int count, const std::function<std::string(int)>& needs) {
    return "on: push\njobs:\n" + numbered(count, [&](int i) {
             return "  j" + std::to_string(i) + ": {runs-on: x, needs: [" + needs(i) +
                    "], steps: [{run: y, if: always()}]}\n";
           });
  };
  check(jobs(2000, [](int i) { return "j" + std::to_string((i + 1) % 2000); }), true);
  check(jobs(2000, [](int i) { return i > 0 ? "j" + std::to_string(i - 1) : ""; }), false);
  check(
      jobs(
          200,
          [](int i) {
            return numbered(i, [](int k) { return (k > 0 ? ", j" : "j") + std::to_string(k); });
          }),
      false);
  check(jobs(2000, [](int i) { return "nobody" + std::to_string(i); }), true);
}

TEST_CASE("hostile workflow: long words are shown in part", "[model]") {
  const std::string word(1'000'000, 'k');
  for (const auto& text :
       {job + word + ": v\n",
        job + "\"" + word + "\": v\n",
        "on: " + word + job.substr(8),
        "on: !" + word + " push" + job.substr(8),
        job + "        uses: " + word + "\n",
        "on: push\njobs: {a: {runs-on: x, needs: " + word + ", steps: [{run: y}]}}\n",
        std::string(1'000'000, '\r')}) {
    const auto outcome = plan(text);
    CHECK(outcome.refused);
    CHECK(outcome.told.size() < 20'000);
    CHECK(outcome.milliseconds < 4000);
  }
  check("on: {push: {branches: ['" + std::string(100'000, '*') + "x']}}" + job.substr(8), false);
  check(with_step("if: " + repeat("1 && ", 4000) + "0"), false);
}

TEST_CASE("hostile workflow: many mistakes are counted, the first are told", "[model]") {
  const auto outcome =
      plan(job + numbered(20'000, [](int i) { return "k" + std::to_string(i) + ": 1\n"; }));
  CHECK(outcome.refused);
  CHECK(outcome.told.size() < 100'000);
  CHECK_THAT(outcome.told, Catch::Matchers::ContainsSubstring("and 19900 more findings"));
  CHECK(outcome.milliseconds < 4000);
  check(job + repeat("env: {a: 1}\n", 5000), true);
}

TEST_CASE("hostile workflow: more steps named alike than there are names is an error", "[model]") {
  const auto outcome = plan(job + repeat("      - run: y\n", 1500));
  CHECK(outcome.refused);
  CHECK_THAT(
      outcome.told, Catch::Matchers::ContainsSubstring("error: Unable to create a unique name"));
}

TEST_CASE("hostile workflow: what is no text of one document is refused", "[model]") {
  using namespace std::string_literals;
  check(job + "name: \xff\xfe\n", true);
  check("\xff\xfe"s + job, true);
  check(job + "name: a\0b\n"s, true);
  check(std::string(1'000'000, '\0'), true);
  check("on: push\njobs:\n\ta: {runs-on: x}\n", true);
  check(std::string(1'000'000, '\t'), true);
  check(repeat(job + "---\n", 5000), true);
  check("", true);
}

TEST_CASE("hostile workflow: filters of thousands of patterns", "[model]") {
  const auto on_push = [](const std::string& filter) {
    return "on: {push: {" + filter + "}}" + job.substr(8);
  };
  const auto list = [](int count, const std::function<std::string(int)>& pattern) {
    return "[" + numbered(count, [&](int i) { return "'" + pattern(i) + "', "; }) + "]";
  };
  check(
      on_push("paths: " + list(10'000, [](int i) { return "**/a" + std::to_string(i) + "/**"; })),
      false);
  check(
      on_push("tags: " + list(5000, [](int i) { return "*@" + std::to_string(i) + ".*"; })), false);
  // Each is taken and left out again: none can be offered as a cure.
  check(
      on_push(
          "branches: " +
          list(10'000, [](int i) { return (i < 5000 ? "a" : "!a") + std::to_string(i % 5000); })),
      false);
}

TEST_CASE("hostile workflow: excluding nearly all of a large matrix", "[model]") {
  const auto numbers = [](int count) {
    return "[" + numbered(count, [](int i) { return std::to_string(i) + ", "; }) + "]";
  };
  const auto vectors = "        a: " + numbers(300) + "\n        b: " + numbers(300) + "\n";
  const auto filters = [](int count, const std::string& key, int first) {
    return numbered(count, [&](int i) {
      return "          - {" + key + ": " + std::to_string(first + i) + "}\n";
    });
  };
  // None of the first filters agrees with anything, the others leave 300 legs.
  check(
      with_matrix(vectors + "        exclude:\n" + filters(5000, "a", 1000) + filters(299, "b", 0)),
      false);
  check(
      with_matrix(
          numbered(5000, [](int i) { return "        v" + std::to_string(i) + ": [1]\n"; }) +
          "        include:\n" + filters(5000, "w", 0)),
      false);
}

TEST_CASE("hostile workflow: thousands of names that are nearly right", "[model]") {
  check(
      "on: push\njobs:\n  s: {runs-on: x, steps: [{run: y}]}\n" +
          numbered(
              3000,
              [](int i) {
                const auto name = "-with-name-" + std::to_string(i);
                return "  job" + name + ": {runs-on: x, needs: jop" + name +
                       ", steps: [{run: y}]}\n";
              }),
      true);
  check(
      "on: [" + numbered(20'000, [](int) { return std::string("pusk, "); }) + "]" + job.substr(8),
      true);
  check(
      job + "        env:\n" +
          numbered(
              5000,
              [](int i) { return "          K" + std::to_string(i) + ": ${{ githup.a }}\n"; }),
      true);
  check(
      job +
          repeat(
              "env:\n" + numbered(2000, [](int i) { return "  a" + std::to_string(i) + ": 1\n"; }),
              2),
      true);
}

TEST_CASE("hostile workflow: thousands of paths filters and of their outputs", "[model]") {
  const std::string steps = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n";
  const auto filters = [](int count) {
    return numbered(count, [](int i) {
      return "      - {uses: dorny/paths-filter@v3, id: f" + std::to_string(i) + "}\n";
    });
  };
  const std::string script = "      - run: |\n";
  check(
      steps + filters(2000) + script +
          repeat("          echo \"a=${{ steps.f1.outputs.changes }}\" >> $GITHUB_OUTPUT\n", 500) +
          repeat("          echo 1234567890\n", 10'000),
      true);
  check(
      steps + filters(1) + "      - env: {" +
          numbered(
              2000,
              [](int i) {
                return "V" + std::to_string(i) + ": \"${{ steps.f0.outputs.changes }}\", ";
              }) +
          "}\n        run: |\n" + repeat("          echo GITHUB_OUTPUT $V $V $V $V $V\n", 10'000),
      false);
}

TEST_CASE("hostile workflow: thousands of steps that look at each other", "[model]") {
  const std::string head =
      "on: push\nenv:\n" +
      numbered(5000, [](int i) { return "  K" + std::to_string(i) + ": v\n"; }) +
      "jobs:\n  a:\n    runs-on: x\n";
  check(
      head + "    steps:\n" +
          numbered(
              3000,
              [](int i) {
                return "      - {run: x, id: s" + std::to_string(i) + ", if: env.K1 == 'w'}\n";
              }),
      false);
  check(
      head + "    strategy: {matrix: {a: [" +
          numbered(256, [](int i) { return std::to_string(i) + ", "; }) + "]}}\n    steps:\n" +
          numbered(
              2000,
              [](int i) {
                return "      - {run: x, id: s" + std::to_string(i) + ", if: matrix.a == 1}\n";
              }),
      false);
}
