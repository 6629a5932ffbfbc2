// Q2: what one more step costs on the machine: a run of many steps less a run of one.
#include <fstream>

#include "bench/bench.hpp"
#include "bench/inputs.hpp"

namespace crun::bench {
namespace {

constexpr int many = 101;

double per_step(const Program& one, const Program& all) {
  const double first = run_well(one).wall_ms;
  return (run_well(all).wall_ms - first) / (many - 1);
}

/// The same number of shells, started by this program one after the other.
double spawned(const std::vector<std::string>& shell) {
  double sum = 0;
  for (int i = 1; i < many; ++i) sum += run_well({.arguments = shell}).wall_ms;
  return sum / (many - 1);
}

Row measure_shell(
    const Bench& bench,
    const std::filesystem::path& repository,
    const std::string& shell,
    const std::vector<std::string>& command,
    const Goal& goal) {
  Row row{
      .id = "Q2." + shell,
      .what = "one more step on the machine, `shell: " + shell + "`",
      .unit = "ms",
      .goal = goal};
  const auto one = shell + "-1.yml", all = shell + "-101.yml";
  std::vector<Side> sides = {
      {"crun",
       [&] {
         return per_step(crun_run(bench, repository, one), crun_run(bench, repository, all));
       }},
      {"limit", [&] { return spawned(command); }}};
  if (has_act(bench, row)) {
    sides.push_back({"act", [&] {
                       return per_step(
                           act_run(bench, repository, one), act_run(bench, repository, all));
                     }});
  }
  return compare(std::move(row), std::move(sides), bench.settings);
}

}  // namespace

Rows measure_host_step(const Bench& bench) {
  const auto repository = make_repository(
      bench.folder,
      "host-step",
      {{"bash-1.yml", steps_workflow(1, "bash")},
       {"bash-101.yml", steps_workflow(many, "bash")},
       {"sh-1.yml", steps_workflow(1, "sh")},
       {"sh-101.yml", steps_workflow(many, "sh")}});
  const auto file = (bench.folder / "step.sh").string();
  std::ofstream(file) << ":\n";
  Rows rows;
  rows.push_back(measure_shell(
      bench,
      repository,
      "bash",
      {"bash", "--noprofile", "--norc", "-e", "-o", "pipefail", file},
      {.at_most = 1.3, .act_at_least = 2.6, .limit_at_most = 1.3}));
  rows.push_back(measure_shell(
      bench,
      repository,
      "sh",
      {"sh", "-e", file},
      {.at_most = 0.9, .act_at_least = 2.6, .limit_at_most = 1.5}));
  return rows;
}

}  // namespace crun::bench
