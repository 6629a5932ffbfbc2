// Q9: how long a job waits for its workspace: a tree of 5,133 files and 77 MB, the first time and
// again. Where crun is not root it has to copy each time.
#include <chrono>

#include "bench/bench.hpp"
#include "bench/inputs.hpp"
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/overlay.hpp"
#include "executor/files/remove_tree.hpp"

namespace crun::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files = 5133;

std::string workflow(bool checkout) {
  return std::string("on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n") +
         (checkout ? "      - uses: actions/checkout@v4\n" : "") +
         "      - run: ':'\n        shell: sh\n";  // act finds no bash in the image
}

/// A worktree that git makes of the same repository, and takes away again unmeasured.
double worktree(const fs::path& repository, const fs::path& target) {
  const auto cost = run_well(
      {.arguments = {"git", "worktree", "add", "-q", "--detach", target}, .folder = repository});
  run_well({.arguments = {"git", "worktree", "remove", "--force", target}, .folder = repository});
  return cost.wall_ms;
}

/// One folder laid over another, and taken away again unmeasured.
double overlay(const fs::path& lower, const fs::path& target) {
  fs::create_directories(target);
  const auto begin = std::chrono::steady_clock::now();
  const bool laid = executor::lay_over(lower, target);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  executor::remove_tree(target);
  if (!laid) throw executor::Error("nothing can be mounted here: crun copies each time");
  return took.count();
}

/// What git takes to see that nothing has changed.
double git_status(const fs::path& repository) {
  Program git;
  git.arguments = {"git", "--no-optional-locks", "status", "--porcelain"};
  git.folder = repository;
  return run_well(git).wall_ms;
}

class Checkouts {
 public:
  explicit Checkouts(const Bench& bench)
      : bench_(bench),
        repository_(make_repository(
            bench.folder,
            "tree",
            {{"with.yml", workflow(true)}, {"without.yml", workflow(false)}},
            files)),
        settings_(bench.settings) {
    settings_.rounds = std::min(settings_.rounds, 7);
  }

  Row first() const {
    Row row{
        .id = "Q9.checkout",
        .what =
            "a run with actions/checkout of 5,133 files and 77 MB, the first one, less one "
            "without",
        .unit = "ms",
        .goal = {.at_most = 300, .act_at_least = 10, .limit_at_most = 1.5}};
    const auto once = [this] {
      executor::remove_tree(bench_.folder / "crun/cache/crun/trees");  // see places()
      return crun({});
    };
    return measured(
        std::move(row),
        {{"crun", once}, {"limit", [this] { return worktree(repository_, target()); }}});
  }

  Row again() const {
    Row row{
        .id = "Q9.again",
        .what = "the same again; the least is `git status` and a mount",
        .unit = "ms",
        .goal = {.act_at_least = 10, .limit_at_most = 1.5}};
    const auto least = [this] { return git_status(repository_) + overlay(repository_, target()); };
    return measured(std::move(row), {{"crun", [this] { return crun({}); }}, {"limit", least}});
  }

  Row commit() const {
    Row row{
        .id = "Q9.commit",
        .what = "again, the commit and not the tree (`--no-act`); the least is a mount",
        .unit = "ms",
        .goal = {.at_most = 5}};
    row.absent["act"] = "it copies the tree, never the commit";
    return measured(
        std::move(row),
        {{"crun", [this] { return crun({"--no-act"}); }},
         {"limit", [this] { return overlay(repository_, target()); }}});
  }

 private:
  fs::path target() const { return bench_.folder / "target"; }

  static double difference(const Program& with, const Program& without) {
    const double base = run_well(without).wall_ms;
    return run_well(with).wall_ms - base;
  }

  double crun(const std::vector<std::string>& options) const {
    return difference(
        crun_run(bench_, repository_, "with.yml", options),
        crun_run(bench_, repository_, "without.yml", options));
  }

  double act() const {
    return difference(
        act_run(bench_, repository_, "with.yml", true),
        act_run(bench_, repository_, "without.yml", true));
  }

  Row measured(Row row, std::vector<Side> sides) const {
    const bool with_act = !row.absent.contains("act");
    if (with_act && bench_.image.empty()) {
      row.absent["act"] = "waits for a Docker engine";
    } else if (with_act && has_act(bench_, row)) {
      sides.push_back({"act", [this] { return act(); }, 3});
    }
    return compare(std::move(row), std::move(sides), settings_);
  }

  const Bench& bench_;
  fs::path repository_;
  Settings settings_;
};

}  // namespace

Rows measure_checkout(const Bench& bench) {
  const Checkouts checkouts(bench);
  return {checkouts.first(), checkouts.again(), checkouts.commit()};
}

}  // namespace crun::bench
