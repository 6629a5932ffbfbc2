// Q3: what one more step costs in a job container.
#include <fstream>

#include "bench/bench.hpp"
#include "bench/inputs.hpp"
#include <fmt/format.h>

namespace crun::bench {
namespace {

constexpr int many = 101;
constexpr int many_for_peers = 21;  // each of theirs takes tens of milliseconds

double difference(const Program& one, const Program& all, int steps) {
  const double first = run_well(one).wall_ms;
  return (run_well(all).wall_ms - first) / (steps - 1);
}

/// What a careful shell script would do: one container, one `docker exec` a step.
Program by_hand(const Bench& bench, int steps) {
  return {
      .arguments = {
          "sh",
          "-ec",
          fmt::format(
              "c=$(docker run -d --init {} sh -c 'sleep 1000'); i=0; while [ $i -lt {} ]; do "
              "docker "
              "exec $c sh -e -c :; i=$((i+1)); done; docker rm -f $c",
              bench.image,
              steps)}};
}

}  // namespace

Rows measure_container_step(const Bench& bench) {
  Row row{
      .id = "Q3.agent",
      .what = "one more step in a job container, `shell: sh`",
      .unit = "ms",
      .goal = {.at_most = 1.0, .act_at_least = 90, .cli_at_least = 50, .limit_at_most = 2}};
  if (bench.image.empty()) {
    row.note = "waits for a Docker engine";
    return {row};
  }
  const auto repository = make_repository(
      bench.folder,
      "container-step",
      {{"one.yml", steps_workflow(1, "sh")},
       {"peers.yml", steps_workflow(many_for_peers, "sh")},
       {"all.yml", steps_workflow(many, "sh")}});
  const std::vector<std::string> in_image = {"-P", "ubuntu-latest=" + bench.image};
  const auto file = (bench.folder / "container-step.sh").string();
  std::ofstream(file) << ":\n";
  std::vector<Side> sides = {
      {"crun",
       [&] {
         return difference(
             crun_run(bench, repository, "one.yml", in_image),
             crun_run(bench, repository, "all.yml", in_image),
             many);
       }},
      {"limit",
       [&] {
         double sum = 0;
         for (int i = 1; i < many; ++i) {
           sum += run_well({.arguments = {"busybox", "sh", "-e", file}}).wall_ms;
         }
         return sum / (many - 1);
       }},
      {"cli",
       [&] {
         return difference(by_hand(bench, 1), by_hand(bench, many_for_peers), many_for_peers);
       },
       5}};
  if (has_act(bench, row)) {
    sides.push_back(
        {"act",
         [&] {
           return difference(
               act_run(bench, repository, "one.yml", true),
               act_run(bench, repository, "peers.yml", true),
               many_for_peers);
         },
         5});
  }
  return {compare(std::move(row), std::move(sides), bench.settings)};
}

}  // namespace crun::bench
