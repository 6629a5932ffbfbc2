// Q1: from the start of the program to the first command of the first step.
#include <cstdlib>
#include <fstream>

#include "bench/bench.hpp"
#include "bench/inputs.hpp"
#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::bench {
namespace {

/// When the step's first command ran, after the program was started; bash tells the time itself.
double until_mark(const Program& program, const std::filesystem::path& mark) {
  std::filesystem::remove(mark);
  const auto cost = run_well(program);
  double at = 0;
  if (!(std::ifstream(mark) >> at)) throw executor::Error("the step left no mark");
  return 1000 * (at - cost.started);
}

}  // namespace

Rows measure_start(const Bench& bench) {
  const auto mark = bench.folder / "mark";
  const auto script = fmt::format("echo $EPOCHREALTIME > {}", mark.string());
  const auto text = fmt::format(
      "on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n",
      script);
  const auto repository = make_repository(bench.folder, "start", {{"start.yml", text}});
  const auto file = bench.folder / "start.sh";
  std::ofstream(file) << script << '\n';

  const Program shell = {
      .arguments = {"bash", "--noprofile", "--norc", "-e", "-o", "pipefail", file}};

  Row row{
      .id = "Q1.host",
      .what = "`crun run` to the first command of the first step, on the machine",
      .unit = "ms",
      .goal = {.at_most = 4, .act_at_least = 8, .limit_at_most = 3}};
  std::vector<Side> sides = {
      {"crun", [&] { return until_mark(crun_run(bench, repository, "start.yml"), mark); }},
      {"limit", [&] { return until_mark(shell, mark); }}};
  if (has_act(bench, row)) {
    sides.push_back(
        {"act", [&] { return until_mark(act_run(bench, repository, "start.yml"), mark); }});
  }
  Row whole{
      .id = "Q1.run", .what = "a run of one step on the machine, start to exit", .unit = "ms"};
  std::vector<Side> wholes = {
      timed("crun", crun_run(bench, repository, "start.yml")), timed("limit", shell)};
  if (has_act(bench, whole)) {
    wholes.push_back(timed("act", act_run(bench, repository, "start.yml")));
  }
  Rows rows;
  rows.push_back(compare(std::move(row), std::move(sides), bench.settings));
  rows.push_back(compare(std::move(whole), std::move(wholes), bench.settings));
  return rows;
}

}  // namespace crun::bench
