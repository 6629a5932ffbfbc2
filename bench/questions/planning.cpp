// Q8: workflows read and checked, large graphs planned, large matrices run.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "bench/bench.hpp"
#include "bench/hostile.hpp"
#include "bench/inputs.hpp"
#include "bench/limits/limits.hpp"
#include "bench/rate.hpp"
#include <fmt/format.h>

#include "runner/engine/scheduler.hpp"
#include "workflow/model/workflow_reader.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::bench {
namespace {

std::vector<workflow::SourcePtr> corpus(const Bench& bench) {
  std::vector<workflow::SourcePtr> files;
  const auto folder = bench.shared / "conformance/corpus";
  if (bench.shared.empty() || !std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto suffix = entry.path().extension();
    if (suffix != ".yml" && suffix != ".yaml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files.push_back(std::make_shared<workflow::SourceFile>(
        entry.path().filename().string(), std::string{std::istreambuf_iterator<char>(in), {}}));
  }
  return files;
}

/// Files a second: everything, and without the time of the YAML reader.
Rows measure_reading(const Bench& bench) {
  Row whole{
      .id = "Q8.read",
      .what = "real workflows read and checked, everything counted",
      .unit = "files/s",
      .more_is_better = true,
      .absent = {{"act", no_such_command}}};
  Row checked{
      .id = "Q8.check",
      .what = "the same without reading the YAML",
      .unit = "files/s",
      .more_is_better = true,
      .goal = {.at_least = 20'000},
      .absent = {{"act", no_such_command}, {"limit", no_least}}};
  const auto files = corpus(bench);
  if (files.empty()) {
    whole.note = checked.note = "waits for the external corpus of workflows (CRUN_SHARED)";
    return {whole, checked};
  }
  const auto seconds = [&files](auto read) {
    return seconds_of_one([&] {
             workflow::Diagnostics diagnostics;
             for (const auto& file : files) read(file, diagnostics);
           }) /
           static_cast<double>(files.size());
  };
  const auto all = [&] {
    return seconds([](const auto& file, auto& found) { workflow::read_workflow(file, found); });
  };
  const auto yaml = [&] {
    return seconds([](const auto& file, auto& found) { workflow::read_yaml(file, found); });
  };
  const auto events = [&] {
    return seconds([](const auto& file, auto&) { yaml_events(std::string(file->text())); });
  };
  Rows rows;
  rows.push_back(compare(
      whole,
      {{"crun", [&] { return 1 / all(); }}, {"limit", [&] { return 1 / events(); }}},
      bench.settings));
  rows.push_back(compare(
      checked, {{"crun", [&] { return 1 / std::max(all() - yaml(), 1e-9); }}}, bench.settings));
  return rows;
}

/// A graph of this many jobs, each with up to three needs among the fifty before it. Made by hand:
/// GitHub's own limits refuse a file of that size.
workflow::Workflow large_graph(int jobs) {
  workflow::Workflow result;
  workflow::ExpressionNames names;
  names.functions = {{"success", 0, 255}};
  const auto success = workflow::Expression::parse("success()", names);
  std::mt19937 random(7);
  for (int i = 0; i < jobs; ++i) {
    workflow::Job job;
    job.id = fmt::format("job{}", i);
    for (int k = 0; k < std::min(i, 3); ++k) {
      const auto back = 1 + static_cast<int>(random() % static_cast<unsigned>(std::min(i, 50)));
      const auto needed = fmt::format("job{}", i - back);
      const bool there = std::any_of(
          job.needs.begin(), job.needs.end(), [&](const auto& need) { return need.job == needed; });
      if (!there) job.needs.push_back({needed, {}});
    }
    job.condition = workflow::Condition{{}, "", success};
    result.jobs.push_back(std::move(job));
  }
  return result;
}

Row measure_graph(const Bench& bench) {
  Row row{
      .id = "Q8.graph",
      .what = "10,000 jobs with needs: graph, and every job scheduled to its end",
      .unit = "ms",
      .goal = {.at_most = 40},
      .absent = {{"act", "it takes minutes for so many; Q8.list compares a tenth of them"}}};
  const auto workflow = large_graph(10'000);
  const FlatGraph flat(workflow);
  const auto ordered = [&] { return 1000 * seconds_of_one([&] { flat.order(); }, 0.02); };
  const auto once = [&] {
    const double begin = processor_seconds();
    workflow::Diagnostics diagnostics;
    const auto graph = workflow::make_graph(workflow, diagnostics);
    runner::SchedulerOptions options;
    options.max_parallel = 100;
    runner::Scheduler scheduler(workflow, graph, {}, options);
    std::vector<std::string> running;
    auto actions = scheduler.begin();
    for (const auto& leg : actions.start) running.push_back(leg.id);
    while (!running.empty()) {
      const auto leg = running.back();
      running.pop_back();
      actions = scheduler.finished(leg, workflow::Conclusion::success, {});
      for (const auto& started : actions.start) running.push_back(started.id);
    }
    return 1000 * (processor_seconds() - begin);
  };
  return compare(std::move(row), {{"crun", once}, {"limit", ordered}}, bench.settings);
}

/// `crun plan`, of the workflow that costs the most: whole processes, and their processor time.
Row measure_hostile(const Bench& bench) {
  Row row{
      .id = "Q8.hostile",
      .what = "the dearest of the hostile workflows: read, refused or planned",
      .unit = "ms",
      .goal = {.at_most = 200},
      .absent = {{"act", "it reads what GitHub refuses: not the same work"}, {"limit", no_least}}};
  const auto workflows = hostile_workflows();
  const auto repository = make_repository(bench.folder, "hostile", workflows);
  const auto once = [&] {
    double most = 0;
    for (const auto& [name, text] : workflows) {
      auto plan = crun_run(bench, repository, name);
      plan.arguments[1] = "plan";
      const auto cost = run(plan);
      if (cost.code != 0 && cost.code != 2) throw std::runtime_error(name + " ended crun");
      most = std::max(most, cost.cpu_ms);
    }
    return most;
  };
  return compare(std::move(row), {{"crun", once}}, bench.settings);
}

Row measure_list(const Bench& bench) {
  constexpr int jobs = 1000;
  Row row{
      .id = "Q8.list",
      .what = "a workflow of 1,000 jobs with needs listed (`crun list`, `act -l`)",
      .unit = "ms",
      .goal = {.act_at_least = 1}};
  const auto text = graph_workflow(jobs);
  const auto repository = make_repository(bench.folder, "graph", {{"graph.yml", text}});
  auto crun = crun_run(bench, repository, "graph.yml");
  crun.arguments = {bench.crun, "list"};
  std::vector<Side> sides = {
      timed("crun", crun),
      {"limit", [&] { return 1000 * seconds_of_one([&] { yaml_events(text); }, 0.02); }}};
  if (has_act(bench, row)) {
    auto act = act_run(bench, repository, "graph.yml");
    act.arguments.push_back("-l");
    sides.push_back(timed("act", act, 5));
  }
  return compare(std::move(row), std::move(sides), bench.settings);
}

/// As many shells on as many processors as there are.
double spawned_in_parallel(int count, const std::string& file) {
  const auto lanes = std::max(2U, std::thread::hardware_concurrency());
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::jthread> threads;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    threads.emplace_back([&file, share = count / static_cast<int>(lanes)] {
      for (int i = 0; i < share; ++i) {
        run({.arguments = {"bash", "--noprofile", "--norc", "-e", "-o", "pipefail", file}});
      }
    });
  }
  threads.clear();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

Row measure_matrix(const Bench& bench) {
  constexpr int legs = 256;
  Row row{
      .id = "Q8.matrix",
      .what = "a matrix of 256 jobs of one step on the machine, start to exit",
      .unit = "ms",
      .goal = {.at_most = 250, .act_at_least = 14, .limit_at_most = 2}};
  std::string numbers;
  for (int i = 0; i < 16; ++i) numbers += fmt::format("{}{}", i ? ", " : "", i);
  const auto repository = make_repository(
      bench.folder,
      "matrix",
      {{"matrix.yml",
        steps_workflow(
            1,
            "bash",
            fmt::format(
                "    strategy:\n      matrix:\n        a: [{}]\n        b: [{}]\n",
                numbers,
                numbers))}});
  const auto file = (bench.folder / "matrix.sh").string();
  std::ofstream(file) << ":\n";
  std::vector<Side> sides = {
      timed("crun", crun_run(bench, repository, "matrix.yml")),
      {"limit", [&] { return spawned_in_parallel(legs, file); }}};
  if (has_act(bench, row)) {
    sides.push_back(timed("act", act_run(bench, repository, "matrix.yml"), 3));
  }
  auto settings = bench.settings;
  settings.rounds = std::min(settings.rounds, 7);
  return compare(std::move(row), std::move(sides), settings);
}

}  // namespace

Rows measure_planning(const Bench& bench) {
  auto rows = measure_reading(bench);
  rows.push_back(measure_graph(bench));
  rows.push_back(measure_hostile(bench));
  rows.push_back(measure_list(bench));
  rows.push_back(measure_matrix(bench));
  return rows;
}

}  // namespace crun::bench
