#include "bench/bench.hpp"

namespace crun::bench {

std::vector<std::string> places(const Bench& bench, const std::string& of) {
  const auto folder = bench.folder / of;
  std::filesystem::create_directories(folder / "run");
  return {
      "HOME=" + folder.string(),
      "XDG_STATE_HOME=" + (folder / "state").string(),
      "XDG_CACHE_HOME=" + (folder / "cache").string(),
      "XDG_CONFIG_HOME=" + (folder / "config").string(),
      "XDG_RUNTIME_DIR=" + (folder / "run").string()};
}

const std::vector<Question>& questions() {
  static const std::vector<Question> all = {
      {{"Q1"}, "start to first step", measure_start},
      {{"Q2"}, "a step on the machine", measure_host_step},
      {{"Q3"}, "a step in a container", measure_container_step},
      {{"Q4"}, "a job in a container", measure_container_job},
      {{"Q5"}, "log pipeline", measure_log},
      {{"Q7"}, "expressions", measure_expressions},
      {{"Q8"}, "reading and planning", measure_planning},
      {{"Q9"}, "workspace", measure_checkout},
      {{"Q10", "Q11"}, "cache and artifacts", measure_later},
      {{"Q12", "Q6", "Q13", "Q14"}, "the service", measure_service},
  };
  return all;
}

Program crun_run(
    const Bench& bench,
    const std::filesystem::path& repository,
    const std::string& workflow,
    const std::vector<std::string>& more) {
  Program program;
  program.arguments = {bench.crun, "run", ".github/workflows/" + workflow, "--event", "push"};
  program.arguments.insert(program.arguments.end(), more.begin(), more.end());
  program.folder = repository;
  program.environment = places(bench, "crun");
  program.output = bench.folder / "crun.log";
  return program;
}

Program act_run(
    const Bench& bench,
    const std::filesystem::path& repository,
    const std::string& workflow,
    bool in_container) {
  Program program;
  const auto platform = in_container ? bench.image : std::string("-self-hosted");
  program.arguments = {
      bench.act,
      "push",
      "-W",
      ".github/workflows/" + workflow,
      "-P",
      "ubuntu-latest=" + platform,
      "--pull=false"};
  program.folder = repository;
  program.environment = places(bench, "act");
  program.output = bench.folder / "act.log";
  return program;
}

Side timed(const std::string& name, Program program, int rounds) {
  return {name, [program = std::move(program)] { return run_well(program).wall_ms; }, rounds};
}

bool has_act(const Bench& bench, Row& row) {
  if (!bench.act.empty()) return true;
  row.absent["act"] = "not there: set ACT to its program";
  return false;
}

}  // namespace crun::bench
