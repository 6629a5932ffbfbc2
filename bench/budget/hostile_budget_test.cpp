// What workflows that mean harm cost the whole of crun in memory.
#include "bench/hostile.hpp"
#include "bench/inputs.hpp"
#include "bench/process.hpp"

#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun;

TEST_CASE("budget: no workflow, however hostile, takes crun more than 64 MB", "[budget]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("skipped: a sanitizer takes memory of its own");
  return;
#endif
  const tests::ScratchFolder folder;
  const auto workflows = bench::hostile_workflows();
  const auto repository = bench::make_repository(folder.path(), "repository", workflows);
  for (const auto& [name, text] : workflows) {
    bench::Program program;
    program.arguments = {CRUN_PROGRAM, "plan", ".github/workflows/" + name, "--event", "push"};
    program.folder = repository;
    program.environment = {"HOME=" + folder.path().string()};
    const auto cost = bench::run(program);
    INFO(name << ": " << cost.cpu_ms << " ms, " << cost.peak_mb << " MB");
    CHECK((cost.code == 0 || cost.code == 2));
    CHECK(cost.peak_mb < 64);
  }
}
