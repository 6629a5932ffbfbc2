// Q4: what a whole job in a container costs, and eight at once.
#include "bench/bench.hpp"
#include "bench/inputs.hpp"
#include "bench/limits/limits.hpp"
#include <fmt/format.h>

namespace crun::bench {
namespace {

constexpr int peer_rounds = 5;

Row waiting(Row row) {
  row.note = "waits for a Docker engine";
  return row;
}

Row measure_one(const Bench& bench, const std::filesystem::path& repository) {
  Row row{
      .id = "Q4.cold",
      .what = "a run of one step in a container, start to exit",
      .unit = "ms",
      .goal = {.at_most = 300, .act_at_least = 3}};
  if (bench.image.empty()) return waiting(row);
  std::vector<Side> sides = {
      timed("crun", crun_run(bench, repository, "one.yml", {"-P", "ubuntu-latest=" + bench.image})),
      timed(
          "cli",
          {.arguments = {"docker", "run", "--rm", "-i", "--init", bench.image, "sh", "-ec", ":"}}),
      {"limit", [&] { return container_lives(bench.image, 1); }}};
  if (has_act(bench, row)) {
    sides.push_back(timed("act", act_run(bench, repository, "one.yml", true), peer_rounds));
  }
  return compare(std::move(row), std::move(sides), bench.settings);
}

Row measure_eight(const Bench& bench, const std::filesystem::path& repository) {
  // The limit: 95 % of the containers a second that the engine can do at all.
  Row row{
      .id = "Q4.eight",
      .what = "eight jobs of one step in containers, side by side",
      .unit = "ms",
      .goal = {.act_at_least = 1.5, .limit_at_most = 1 / 0.95}};
  if (bench.image.empty()) return waiting(row);
  auto settings = bench.settings;
  settings.rounds = std::min(settings.rounds, peer_rounds);
  std::vector<Side> sides = {
      timed(
          "crun",
          crun_run(
              bench,
              repository,
              "eight.yml",
              {"-P", "ubuntu-latest=" + bench.image, "--max-parallel", "8"})),
      timed(
          "cli",
          {.arguments =
               {"sh",
                "-ec",
                fmt::format(
                    "for i in 1 2 3 4 5 6 7 8; do docker run --rm -i --init {} sh -ec : & done; "
                    "wait",
                    bench.image)}}),
      {"limit", [&] { return container_lives(bench.image, 8); }}};
  if (has_act(bench, row)) {
    sides.push_back(timed("act", act_run(bench, repository, "eight.yml", true)));
  }
  return compare(std::move(row), std::move(sides), settings);
}

Row warm_pool() {
  return {
      .id = "Q4.warm",
      .what = "first step in a container that stands ready",
      .unit = "ms",
      .goal = {.at_most = 8, .act_at_least = 50},
      .note = "waits for a pool of started containers"};
}

}  // namespace

Rows measure_container_job(const Bench& bench) {
  const auto repository = make_repository(
      bench.folder,
      "container-job",
      {{"one.yml", steps_workflow(1, "sh")},
       {"eight.yml",
        steps_workflow(
            1, "sh", "    strategy:\n      matrix:\n        n: [1, 2, 3, 4, 5, 6, 7, 8]\n")}});
  Rows rows;
  rows.push_back(measure_one(bench, repository));
  rows.push_back(measure_eight(bench, repository));
  rows.push_back(warm_pool());
  return rows;
}

}  // namespace crun::bench
