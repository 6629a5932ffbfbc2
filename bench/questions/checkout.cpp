// Q9: how long a job waits for its workspace: a tree of 5,133 files and 77 MB.
#include "bench/bench.hpp"
#include "bench/inputs.hpp"
#include <fmt/format.h>

namespace crun::bench {
namespace {

constexpr std::size_t files = 5133;

std::string workflow(bool checkout) {
  return std::string("on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n") +
         (checkout ? "      - uses: actions/checkout@v4\n" : "") +
         "      - run: ':'\n        shell: sh\n";  // act finds no bash in the image
}

/// A worktree that git makes of the same repository, and takes away again unmeasured.
double worktree(const std::filesystem::path& repository, const std::filesystem::path& target) {
  const auto cost = run_well(
      {.arguments = {"git", "worktree", "add", "-q", "--detach", target}, .folder = repository});
  run_well({.arguments = {"git", "worktree", "remove", "--force", target}, .folder = repository});
  return cost.wall_ms;
}

}  // namespace

Rows measure_checkout(const Bench& bench) {
  const auto repository = make_repository(
      bench.folder,
      "tree",
      {{"with.yml", workflow(true)}, {"without.yml", workflow(false)}},
      files);
  Row row{
      .id = "Q9.checkout",
      .what = "a run with actions/checkout of 5,133 files and 77 MB, less one without",
      .unit = "ms",
      .goal = {.at_most = 300, .act_at_least = 10, .limit_at_most = 1.5}};
  const auto difference = [](const Program& with, const Program& without) {
    const double base = run_well(without).wall_ms;
    return run_well(with).wall_ms - base;
  };
  std::vector<Side> sides = {
      {"crun",
       [&] {
         return difference(
             crun_run(bench, repository, "with.yml"), crun_run(bench, repository, "without.yml"));
       }},
      {"limit", [&] { return worktree(repository, bench.folder / "worktree"); }}};
  if (bench.image.empty()) {
    row.absent["act"] = "waits for a Docker engine";
  } else if (has_act(bench, row)) {
    sides.push_back(
        {"act",
         [&] {
           return difference(
               act_run(bench, repository, "with.yml", true),
               act_run(bench, repository, "without.yml", true));
         },
         3});
  }
  auto settings = bench.settings;
  settings.rounds = std::min(settings.rounds, 7);
  return {compare(std::move(row), std::move(sides), settings)};
}

}  // namespace crun::bench
