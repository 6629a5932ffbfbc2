// What one more step on the machine costs crun, in programs and system calls: the run of many steps
// less the run of one.
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
  executor::Environment environment{
      {"PATH", "/usr/local/bin:/usr/bin:/bin"},
      {"HOME", folder / "home"},
      {"XDG_STATE_HOME", folder / "state"},
      {"XDG_CACHE_HOME", folder / "cache"},
      {"XDG_RUNTIME_DIR", folder / "runtime"}};
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment.set(name, value);
  }
  const auto repository = bench::make_repository(folder, "repository", {{"w.yml", workflow}});
  return bench::trace(
      {CRUN_PROGRAM, "run", ".github/workflows/w.yml", "--event", "push"}, repository, environment);
}

long of(const std::map<std::string, long>& counts, const std::string& program) {
  const auto found = counts.find(program);
  return found == counts.end() ? 0 : found->second;
}

int of(const std::map<std::string, int>& counts, const std::string& program) {
  const auto found = counts.find(program);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("budget: a step on the machine starts its shell and nothing else", "[budget]") {
  constexpr int many = 21;
  const tests::ScratchFolder one_folder, many_folder;
  bench::Traced one, all;
  try {
    one = run_traced(one_folder.path(), bench::steps_workflow(1, "bash"));
    all = run_traced(many_folder.path(), bench::steps_workflow(many, "bash"));
  } catch (const executor::Error& error) {
    WARN("skipped: " << error.what());
    return;
  }
  REQUIRE(one.code == 0);
  REQUIRE(all.code == 0);
  CHECK(of(all.started, "bash") - of(one.started, "bash") == many - 1);
  int programs_one = 0, programs_all = 0;
  for (const auto& [name, count] : one.started) programs_one += count;
  for (const auto& [name, count] : all.started) programs_all += count;
  CHECK(programs_all - programs_one == many - 1);
  // The program of a job that did not start one yet: nothing of docker, git or node.
  for (const char* name : {"docker", "docker-buildx", "git", "node"})
    CHECK(of(all.started, name) == 0);
}

TEST_CASE("budget: crun and its agent need few system calls for a step", "[budget]") {
  constexpr int many = 21;
  const tests::ScratchFolder one_folder, many_folder;
  bench::Traced one, all;
  try {
    one = run_traced(one_folder.path(), bench::steps_workflow(1, "sh"));
    all = run_traced(many_folder.path(), bench::steps_workflow(many, "sh"));
  } catch (const executor::Error& error) {
    WARN("skipped: " << error.what());
    return;
  }
  REQUIRE(all.code == 0);
  const auto per_step = [&](const std::string& program) {
    return static_cast<double>(of(all.system_calls, program) - of(one.system_calls, program)) /
           (many - 1);
  };
  std::string agent;
  for (const auto& [name, count] : all.system_calls) {
    if (name.find("agent") != std::string::npos) agent = name;
  }
  REQUIRE(!agent.empty());
  INFO("crun " << per_step("crun") << ", agent " << per_step(agent));
  CHECK(per_step("crun") <= 80);
  CHECK(per_step(agent) <= 45);
}

TEST_CASE("budget: the log of a step costs crun few system calls for a megabyte", "[budget]") {
  constexpr std::size_t megabytes = 8;
  const tests::ScratchFolder quiet_folder, loud_folder;
  const auto print = [](const std::filesystem::path& folder, std::size_t bytes) {
    const auto file = folder / "printed";
    std::ofstream(file) << bench::log_text(bytes);
    return "on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cat " +
           file.string() + "\n";
  };
  bench::Traced quiet, loud;
  try {
    quiet = run_traced(quiet_folder.path(), print(quiet_folder.path(), 1));
    loud = run_traced(loud_folder.path(), print(loud_folder.path(), megabytes * 1'000'000));
  } catch (const executor::Error& error) {
    WARN("skipped: " << error.what());
    return;
  }
  REQUIRE(loud.code == 0);
  const auto calls =
      static_cast<double>(of(loud.system_calls, "crun") - of(quiet.system_calls, "crun")) /
      megabytes;
  INFO(calls << " system calls of crun for a megabyte of log");
  CHECK(calls <= 120);
}
