// The scheduler without any I/O: workflows as text, ends of jobs as calls.

#include "runner/engine/scheduler.hpp"

#include <memory>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "workflow/model/called_workflows.hpp"
#include "workflow/model/workflow_reader.hpp"
#include "workflow/source/source_file.hpp"

namespace crun::runner {
namespace {

using Names = std::vector<std::string>;

SchedulerOptions at_most(int legs) {
  SchedulerOptions options;
  options.max_parallel = legs;
  return options;
}

/// A scheduler over the jobs of a workflow written as YAML below `jobs:`.
class Table {
 public:
  /// `called` is the text of the workflow that every `uses` names.
  explicit Table(
      const std::string& jobs,
      SchedulerOptions options = at_most(8),
      const std::string& called = {}) {
    workflow::Diagnostics diagnostics;
    workflow_ = workflow::read_workflow(
        std::make_shared<workflow::SourceFile>("w.yaml", "on: push\njobs:\n" + jobs), diagnostics);
    INFO(render(diagnostics));
    REQUIRE(workflow_ != nullptr);
    graph_ = workflow::make_graph(*workflow_, diagnostics);
    workflow::CallOptions calling;
    calling.find = [&called](const std::string& reference) {
      return std::make_shared<workflow::SourceFile>(reference, called);
    };
    calls_ = workflow::read_called_workflows(*workflow_, calling, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    options.calls = &calls_;
    workflow::Object contexts;
    workflow::Object github;
    github.set("ref", "refs/heads/main");
    contexts.set("github", workflow::Value(github));
    contexts.set("vars", workflow::Value(workflow::Object()));
    contexts.set("inputs", workflow::Value(workflow::Object()));
    scheduler_ = std::make_unique<Scheduler>(*workflow_, graph_, contexts, options);
  }

  Names begin() { return started(scheduler_->begin()); }

  Names finish(
      const std::string& leg,
      Conclusion conclusion = Conclusion::success,
      const Scheduler::Outputs& outputs = {}) {
    return started(scheduler_->finished(leg, conclusion, outputs));
  }

  Names cancel() { return started(scheduler_->cancel("stop")); }

  std::string next() const {
    const auto* leg = scheduler_->next();
    return leg != nullptr ? leg->id : "";
  }
  bool done() const { return scheduler_->done(); }
  bool failed() const { return scheduler_->result() == Conclusion::failure; }

  std::vector<Settled> settled;
  Names cancelled;
  Names names;
  Leg last;

 private:
  Names started(Actions actions) {
    Names ids;
    for (auto& leg : actions.start) {
      last = leg;
      ids.push_back(leg.id);
      names.push_back(leg.name);
    }
    for (auto& entry : actions.settled) settled.push_back(entry);
    for (auto& entry : actions.cancel) cancelled.push_back(entry.first);
    return ids;
  }

  workflow::WorkflowPtr workflow_;
  workflow::JobGraph graph_;
  workflow::CalledWorkflows calls_;
  std::unique_ptr<Scheduler> scheduler_;
};

std::string job(const std::string& id, const std::string& keys) {
  std::string text = "  " + id + ":\n    runs-on: x\n    steps: [{run: a}]\n";
  std::size_t at = 0;
  while (at < keys.size()) {
    const auto end = std::min(keys.find('\n', at), keys.size());
    text += "    " + keys.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return text;
}

}  // namespace

TEST_CASE("scheduler: jobs start when what they need is done", "[engine]") {
  Table table(job("b", "needs: a") + job("a", "") + job("c", "needs: [a, b]"));
  CHECK(table.begin() == Names{"a"});
  CHECK(table.finish("a") == Names{"b"});
  CHECK(table.finish("b") == Names{"c"});
  CHECK(table.finish("c").empty());
  CHECK(table.done());
  CHECK_FALSE(table.failed());
}

TEST_CASE(
    "scheduler: after a failure dependants are skipped, transitively, with the reason",
    "[engine]") {
  Table table(
      job("a", "") + job("b", "needs: a") + job("c", "needs: b") +
      job("rescue", "needs: b\nif: failure()") + job("report", "needs: c\nif: always()"));
  table.begin();
  CHECK(table.finish("a", Conclusion::failure) == Names{"rescue", "report"});
  REQUIRE(table.settled.size() == 2);
  CHECK(table.settled[0].id == "b");
  CHECK(table.settled[0].conclusion == Conclusion::skipped);
  CHECK(table.settled[0].reason == "needs a, which failed");
  CHECK(table.settled[1].reason == "needs b, which was skipped");
  CHECK(table.failed());
}

TEST_CASE(
    "scheduler: a failure with continue-on-error counts as success for dependants", "[engine]") {
  Table table(job("a", "continue-on-error: true") + job("b", "needs: a"));
  table.begin();
  CHECK(table.finish("a", Conclusion::failure) == Names{"b"});
  CHECK_FALSE(table.failed());
}

TEST_CASE("scheduler: a matrix may come from the outputs of another job", "[engine]") {
  Table table(
      job("a", "") + job("b",
                         "needs: a\nstrategy:\n  matrix:\n"
                         "    item: ${{ fromJSON(needs.a.outputs.list) }}"));
  table.begin();
  CHECK(
      table.finish("a", Conclusion::success, {{"list", "[\"x\", \"y/z\"]"}}) ==
      Names{"b.1", "b.2"});
  CHECK(table.names == Names{"a", "b (x)", "b (y/z)"});
}

TEST_CASE("scheduler: an empty vector is an error that names it", "[engine]") {
  Table table(
      job("a", "") + job("b",
                         "needs: a\nstrategy:\n  matrix:\n"
                         "    item: ${{ fromJSON(needs.a.outputs.list) }}"));
  table.begin();
  CHECK(table.finish("a", Conclusion::success, {{"list", "[]"}}).empty());
  REQUIRE(table.settled.size() == 1);
  CHECK(table.settled[0].conclusion == Conclusion::failure);
  CHECK_THAT(
      table.settled[0].reason,
      Catch::Matchers::ContainsSubstring("Matrix vector 'item' does not contain any values"));
  CHECK(table.done());
  CHECK(table.failed());
}

TEST_CASE("scheduler: fail-fast cancels running siblings and settles waiting ones", "[engine]") {
  Table table(job("a", "strategy:\n  max-parallel: 2\n  matrix:\n    n: [1, 2, 3]"));
  CHECK(table.begin() == Names{"a.1", "a.2"});
  CHECK(table.finish("a.1", Conclusion::failure).empty());
  CHECK(table.cancelled == Names{"a.2"});
  REQUIRE(table.settled.size() == 1);
  CHECK(table.settled[0].id == "a.3");
  CHECK(table.settled[0].conclusion == Conclusion::cancelled);
  CHECK_FALSE(table.done());
  table.finish("a.2", Conclusion::cancelled);
  CHECK(table.done());
}

TEST_CASE("scheduler: the next leg is told before it starts, unless it may not start", "[engine]") {
  Table table(
      job("a", "strategy:\n  matrix:\n    n: [1, 2, 3]") + job("b", "needs: a"), at_most(1));
  CHECK(table.next().empty());
  CHECK(table.begin() == Names{"a.1"});
  CHECK(table.next() == "a.2");
  CHECK(table.finish("a.1") == Names{"a.2"});
  CHECK(table.next() == "a.3");
  table.finish("a.2", Conclusion::failure);
  CHECK(table.next().empty());
}

TEST_CASE("scheduler: a leg that may wait for its group is not told ahead", "[engine]") {
  Table table(job("a", "") + job("b", "concurrency: one") + job("c", ""), at_most(1));
  CHECK(table.begin() == Names{"a"});
  CHECK(table.next() == "c");
}

TEST_CASE("scheduler: the next leg may be one of a called workflow", "[engine]") {
  Table table(
      "  call:\n    uses: ./called.yml\n",
      at_most(1),
      "on: workflow_call\njobs:\n" + job("x", "") + job("y", ""));
  CHECK(table.begin() == Names{"call.x"});
  CHECK(table.next() == "call.y");
}

TEST_CASE("scheduler: with fail-fast: false the other legs go on", "[engine]") {
  Table table(
      job("a", "strategy:\n  fail-fast: false\n  max-parallel: 1\n  matrix:\n    n: [1, 2]"));
  CHECK(table.begin() == Names{"a.1"});
  CHECK(table.finish("a.1", Conclusion::failure) == Names{"a.2"});
  table.finish("a.2");
  CHECK(table.failed());
  CHECK(table.done());
}

TEST_CASE("scheduler: the limit of the run holds over all jobs", "[engine]") {
  Table table(job("a", "") + job("b", "") + job("c", ""), at_most(2));
  CHECK(table.begin() == Names{"a", "b"});
  CHECK(table.finish("b") == Names{"c"});
}

TEST_CASE("scheduler: a job asked for runs with what it needs, and nothing else", "[engine]") {
  auto options = at_most(8);
  options.jobs = {"b"};
  Table table(job("a", "") + job("b", "needs: a") + job("c", ""), options);
  CHECK(table.begin() == Names{"a"});
  CHECK(table.finish("a") == Names{"b"});
  table.finish("b");
  CHECK(table.done());
}

TEST_CASE("scheduler: legs can be chosen by their values", "[engine]") {
  auto options = at_most(8);
  options.matrix = {{"n", "2"}};
  Table table(job("a", "strategy:\n  matrix:\n    n: [1, 2, 3]"), options);
  CHECK(table.begin() == Names{"a.2"});
}

TEST_CASE("scheduler: of a cancelled run only jobs with always() still start", "[engine]") {
  Table table(job("a", "") + job("b", "needs: a") + job("c", "needs: a\nif: always()"));
  table.begin();
  CHECK(table.cancel().empty());
  CHECK(table.cancelled == Names{"a"});
  CHECK(table.finish("a", Conclusion::cancelled) == Names{"c"});
  REQUIRE(table.settled.size() == 1);
  CHECK(table.settled[0].conclusion == Conclusion::cancelled);
}

namespace {

const std::string called_workflow = R"(on:
  workflow_call:
    inputs:
      word: {type: string}
      count: {type: number, default: 3}
    outputs:
      answer: {value: '${{ jobs.make.outputs.made }}!'}
jobs:
  make: {runs-on: x, steps: [{run: a}]}
  check: {runs-on: x, needs: make, steps: [{run: a}]}
)";

}  // namespace

TEST_CASE("scheduler: a called workflow's jobs stand in the place of the call", "[engine]") {
  Table table(
      "  call:\n    uses: ./.github/workflows/c.yml\n    with: {word: hi}\n" +
          job("after", "needs: call\nname: got ${{ needs.call.outputs.answer }}"),
      at_most(8),
      called_workflow);
  CHECK(table.begin() == Names{"call.make"});
  CHECK(table.names.back() == "call / make");
  REQUIRE(table.last.call != nullptr);
  CHECK(table.last.call->inputs.find("word")->to_string() == "hi");
  CHECK(table.last.call->inputs.find("count")->number() == 3);
  CHECK(table.finish("call.make", Conclusion::success, {{"made", "yes"}}) == Names{"call.check"});
  CHECK_FALSE(table.done());
  CHECK(table.finish("call.check") == Names{"after"});
  CHECK(table.names.back() == "got yes!");
  CHECK(table.last.call == nullptr);
  table.finish("after");
  CHECK(table.done());
}

TEST_CASE("scheduler: a failed call cancels its siblings and fails the job", "[engine]") {
  Table table(
      "  call:\n    uses: ./.github/workflows/c.yml\n    strategy: {matrix: {n: [a, b]}}\n" +
          job("after", "needs: call"),
      at_most(8),
      called_workflow);
  CHECK(table.begin() == Names{"call.1.make", "call.2.make"});
  CHECK(table.names == Names{"call (a) / make", "call (b) / make"});
  table.finish("call.1.make", Conclusion::failure);
  CHECK(table.cancelled == Names{"call.2.make"});
  CHECK(table.finish("call.2.make", Conclusion::cancelled).empty());
  CHECK(table.done());
  CHECK(table.failed());
  CHECK(table.settled.back().reason == "needs call, which failed");
}

TEST_CASE("scheduler: the limit on legs counts those of called workflows", "[engine]") {
  Table table(
      "  call:\n    uses: ./.github/workflows/c.yml\n    strategy: {matrix: {n: [a, b]}}\n" +
          job("other", ""),
      at_most(2),
      called_workflow);
  CHECK(table.begin() == Names{"call.1.make", "call.2.make"});
  CHECK(table.finish("call.2.make") == Names{"call.2.check"});
  CHECK(table.finish("call.1.make") == Names{"call.1.check"});
  CHECK(table.finish("call.1.check") == Names{"other"});
}

TEST_CASE("scheduler: of a concurrency group one runs and one waits", "[engine]") {
  Table table(
      job("a", "concurrency: site\n") + job("b", "concurrency: site\n") +
      job("c", "concurrency: Site\n") + job("d", "concurrency: other\n"));
  CHECK(table.begin() == Names{"a", "d"});
  REQUIRE(table.settled.size() == 1);
  CHECK(table.settled[0].id == "b");
  CHECK(table.settled[0].conclusion == Conclusion::cancelled);
  CHECK(table.finish("d").empty());
  CHECK(table.finish("a") == Names{"c"});
  table.finish("c");
  CHECK(table.done());
  CHECK_FALSE(table.failed());
}

TEST_CASE("scheduler: a concurrency group may queue, or cancel what is in progress", "[engine]") {
  const std::string queue = "concurrency: {group: q, queue: max}\n";
  Table patient(job("a", queue) + job("b", queue) + job("c", queue));
  CHECK(patient.begin() == Names{"a"});
  CHECK(patient.finish("a") == Names{"b"});
  CHECK(patient.finish("b") == Names{"c"});
  CHECK(patient.settled.empty());

  Table hasty(
      job("a", "concurrency: x\n") +
      job("b", "concurrency: {group: x, cancel-in-progress: true}\n"));
  CHECK(hasty.begin() == Names{"a"});
  CHECK(hasty.cancelled == Names{"a"});
  CHECK(hasty.finish("a", Conclusion::cancelled) == Names{"b"});
  hasty.finish("b");
  CHECK(hasty.done());
}

TEST_CASE("scheduler: legs of a matrix have groups of their own values", "[engine]") {
  Table table(job("a", "concurrency: g-${{ matrix.n }}\nstrategy: {matrix: {n: [1, 2]}}\n"));
  CHECK(table.begin() == Names{"a.1", "a.2"});
}

TEST_CASE("scheduler: a called workflow cannot wait for the group of its caller", "[engine]") {
  Table table(
      "  call:\n    uses: ./.github/workflows/c.yml\n    concurrency: site\n",
      at_most(8),
      "on: workflow_call\njobs:\n" + job("make", "concurrency: site\n"));
  CHECK(table.begin().empty());
  REQUIRE(table.settled.size() == 1);
  CHECK(table.settled[0].id == "call.make");
  CHECK(table.settled[0].conclusion == Conclusion::cancelled);
  CHECK(table.settled[0].reason.find("deadlock") != std::string::npos);
  CHECK(table.done());
}

}  // namespace crun::runner
