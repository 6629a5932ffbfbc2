// What one more step on the machine costs crun, in programs and system calls: the run of many steps
// less the run of one.
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "bench/budget/tracer.hpp"
#include "bench/inputs.hpp"

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun;

namespace {

bench::Traced run_traced(const std::filesystem::path& folder, const std::string& workflow) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  throw executor::Error("a sanitizer makes system calls of its own");
#endif
  for (const char* place : {"state", "cache", "runtime", "home"}) {
    std::filesystem::create_directories(folder / place);
  }
  const executor::Environment environment{
      {"PATH", "/usr/local/bin:/usr/bin:/bin"},
      {"HOME", folder / "home"},
      {"XDG_STATE_HOME", folder / "state"},
      {"XDG_CACHE_HOME", folder / "cache"},
      {"XDG_RUNTIME_DIR", folder / "runtime"}};
  const auto repository = bench::make_repository(folder, "repository", {{"w.yml", workflow}});
  return bench::trace(
      {CRUN_PROGRAM, "run", ".github/workflows/w.yml", "--event", "push"}, repository, environment);
}

long of(const std::map<std::string, long>& counts, const std::string& program) {
  const auto found = counts.find(program);
  return found == counts.end() ? 0 : found->second;
}

/// Of two workflows, each in a folder of its own; nothing, and it is said why, where none may be
/// traced.
struct Pair {
  bench::Traced little, much;
};

std::optional<Pair> traced(const std::string& little, const std::string& much) {
  const tests::ScratchFolder little_folder, much_folder;
  try {
    Pair pair;
    pair.little = run_traced(little_folder.path(), little);
    pair.much = run_traced(much_folder.path(), much);
    return pair;
  } catch (const executor::Error& error) {
    WARN("skipped: " << error.what());
    return std::nullopt;
  }
}

}  // namespace

TEST_CASE("budget: a step on the machine starts its shell and nothing else", "[budget]") {
  constexpr int many = 21;
  const auto runs = traced(bench::steps_workflow(1, "bash"), bench::steps_workflow(many, "bash"));
  if (!runs) return;
  const auto& [one, all] = *runs;
  REQUIRE(one.code == 0);
  REQUIRE(all.code == 0);
  CHECK(of(all.started, "bash") - of(one.started, "bash") == many - 1);
  long programs_one = 0, programs_all = 0;
  for (const auto& [name, count] : one.started) programs_one += count;
  for (const auto& [name, count] : all.started) programs_all += count;
  CHECK(programs_all - programs_one == many - 1);
  // The program of a job that did not start one yet: nothing of docker, git or node.
  for (const char* name : {"docker", "docker-buildx", "git", "node"})
    CHECK(of(all.started, name) == 0);
}

TEST_CASE("budget: crun and its agent need few system calls for a step", "[budget]") {
  constexpr int many = 21;
  const auto runs = traced(bench::steps_workflow(1, "sh"), bench::steps_workflow(many, "sh"));
  if (!runs) return;
  REQUIRE(runs->much.code == 0);
  const auto& one = runs->little.system_calls;
  const auto& all = runs->much.system_calls;
  const auto per_step = [&](const std::string& program) {
    return static_cast<double>(of(all, program) - of(one, program)) / (many - 1);
  };
  std::string agent;
  for (const auto& [name, count] : all) {
    if (name.find("agent") != std::string::npos) agent = name;
  }
  REQUIRE(!agent.empty());
  INFO("crun " << per_step("crun") << ", agent " << per_step(agent));
  CHECK(per_step("crun") <= 45);
  CHECK(per_step(agent) <= 42);
}

TEST_CASE("budget: a leg of a matrix costs crun few system calls", "[budget]") {
  constexpr int many = 21;
  const auto matrix = [](int legs) {
    std::string numbers = "1";
    for (int i = 2; i <= legs; ++i) numbers += ", " + std::to_string(i);
    return bench::steps_workflow(
        1, "sh", "    strategy:\n      matrix:\n        leg: [" + numbers + "]\n");
  };
  const auto runs = traced(matrix(1), matrix(many));
  if (!runs) return;
  REQUIRE(runs->much.code == 0);
  const auto more = of(runs->much.system_calls, "crun") - of(runs->little.system_calls, "crun");
  const auto calls = static_cast<double>(more) / (many - 1);
  INFO(calls << " system calls of crun for a leg");
  CHECK(calls <= 125);
}

TEST_CASE("budget: the log of a step costs crun few system calls for a megabyte", "[budget]") {
  constexpr std::size_t megabytes = 8;
  const tests::ScratchFolder folder;
  const auto print = [&](const std::string& name, std::size_t bytes) {
    const auto file = folder.path() / name;
    std::ofstream(file) << bench::log_text(bytes);
    return "on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cat " +
           file.string() + "\n";
  };
  const auto runs = traced(print("quiet", 1), print("loud", megabytes * 1'000'000));
  if (!runs) return;
  REQUIRE(runs->much.code == 0);
  const auto more = of(runs->much.system_calls, "crun") - of(runs->little.system_calls, "crun");
  const auto calls = static_cast<double>(more) / megabytes;
  INFO(calls << " system calls of crun for a megabyte of log");
  CHECK(calls <= 120);
}
