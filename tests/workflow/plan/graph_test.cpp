// The graph of jobs: order, ancestors, GitHub's errors, and what a big one costs.
#include "workflow/plan/graph.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"

using namespace crun::workflow;

namespace {

using Jobs = std::vector<std::pair<std::string, std::vector<std::string>>>;

Workflow workflow(const Jobs& jobs) {
  Workflow out;
  int line = 0;
  for (const auto& [id, needs] : jobs) {
    Job job;
    job.id = id;
    job.span.begin = {++line, 3};
    for (const auto& need : needs) {
      job.needs.push_back({need, {{++line, 9}, {line, 9}}});
    }
    out.jobs.push_back(std::move(job));
  }
  return out;
}

std::vector<std::string> messages(const Diagnostics& diagnostics) {
  std::vector<std::string> out;
  for (const auto& diagnostic : diagnostics.all()) out.push_back(diagnostic.message);
  return out;
}

}  // namespace

TEST_CASE("graph: jobs come in the order of the file as far as needs allow", "[plan]") {
  const auto w =
      workflow({{"deploy", {"test", "build"}}, {"test", {"build"}}, {"lint", {}}, {"build", {}}});
  Diagnostics diagnostics;
  const auto graph = make_graph(w, diagnostics);
  CHECK(diagnostics.all().empty());
  CHECK(graph.order == std::vector<int>{2, 3, 1, 0});
  CHECK(graph.ancestors(0) == std::vector<int>{1, 3});
  CHECK(graph.ancestors(2).empty());
  CHECK(graph.dependents[3] == std::vector<int>{0, 1});
}

TEST_CASE("graph: needs ignore case and count once", "[plan]") {
  Diagnostics diagnostics;
  const auto graph =
      make_graph(workflow({{"Build", {}}, {"test", {"build", "BUILD"}}}), diagnostics);
  CHECK(diagnostics.all().empty());
  CHECK(graph.needs[1] == std::vector<int>{0});
}

TEST_CASE("graph: an unknown need is told with the nearest job", "[plan]") {
  Diagnostics diagnostics;
  make_graph(workflow({{"build", {}}, {"test", {"biuld"}}, {"deploy", {"test"}}}), diagnostics);
  REQUIRE(
      messages(diagnostics) ==
      std::vector<std::string>{"Job 'test' depends on unknown job 'biuld'."});
  CHECK(diagnostics.all()[0].help == "did you mean 'build'?");
  CHECK(diagnostics.all()[0].span.begin == Position{3, 9});
}

TEST_CASE("graph: each need of a cycle is an error, its path is told once", "[plan]") {
  Diagnostics diagnostics;
  make_graph(workflow({{"one", {}}, {"two", {"one", "three"}}, {"three", {"two"}}}), diagnostics);
  REQUIRE(
      messages(diagnostics) ==
      std::vector<std::string>{
          "Job 'two' depends on job 'three' which creates a cycle in the dependency graph.",
          "Job 'three' depends on job 'two' which creates a cycle in the dependency graph."});
  REQUIRE(diagnostics.all()[0].notes.size() == 1);
  CHECK(diagnostics.all()[0].notes[0].text == "the cycle is two -> three -> two");
  CHECK(diagnostics.all()[1].notes.empty());
}

TEST_CASE("graph: a cycle is found behind an unknown need, too", "[plan]") {
  Diagnostics diagnostics;
  make_graph(
      workflow({{"job1", {"nobody", "job3"}}, {"job2", {}}, {"job3", {"job1"}}}), diagnostics);
  CHECK(
      messages(diagnostics) ==
      std::vector<std::string>{
          "Job 'job1' depends on unknown job 'nobody'.",
          "Job 'job1' depends on job 'job3' which creates a cycle in the dependency graph.",
          "Job 'job3' depends on job 'job1' which creates a cycle in the dependency graph."});
}

TEST_CASE("graph: without a job to start with there is one error and the path", "[plan]") {
  Diagnostics diagnostics;
  make_graph(workflow({{"one", {"two"}}, {"two", {"one"}}}), diagnostics);
  REQUIRE(
      messages(diagnostics) ==
      std::vector<std::string>{"The workflow must contain at least one job with no dependencies."});
  CHECK(diagnostics.all()[0].span.begin == Position{1, 3});
  REQUIRE(diagnostics.all()[0].notes.size() == 1);
  CHECK(diagnostics.all()[0].notes[0].text == "the cycle is one -> two -> one");
}

TEST_CASE("graph: a job that needs itself is a cycle of one", "[plan]") {
  Diagnostics diagnostics;
  make_graph(workflow({{"start", {}}, {"me", {"me"}}}), diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].notes[0].text == "the cycle is me -> me");
}

TEST_CASE("graph: a chain of 10 000 jobs, and one in a circle, take no time", "[plan]") {
  Jobs jobs = {{"job0", {}}};
  for (int i = 1; i < 10'000; ++i) {
    jobs.push_back({"job" + std::to_string(i), {"job" + std::to_string(i - 1)}});
  }
  const auto chain = workflow(jobs);
  jobs[1].second.push_back("job9999");
  const auto circle = workflow(jobs);
  const auto begin = std::chrono::steady_clock::now();
  Diagnostics none;
  const auto graph = make_graph(chain, none);
  CHECK(none.all().empty());
  CHECK(graph.order.size() == 10'000);
  CHECK(graph.ancestors(9'999).size() == 9'999);
  Diagnostics cycle;
  make_graph(circle, cycle);
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(cycle.count(Severity::error) == 9'999);
  CHECK(took < std::chrono::seconds(2));  // milliseconds, unless the machine is busy
}
