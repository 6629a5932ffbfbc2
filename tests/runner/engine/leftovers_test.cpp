// After a cancelled run nothing is left, whatever its steps are and whenever the signal comes; what
// a killed run left the next one removes. CRUN_CANCELLED_RUNS says how many runs are cancelled.
#include <csignal>

#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"

using crun::tests::Called;
using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;

namespace {

constexpr double ladder = 7.5 + 2.5;  // seconds from INT to KILL
constexpr double slack = 0.5;

/// Steps that do not want to end.
const char* const stubborn[] = {
    "trap '' INT TERM; while :; do sleep 1; done",
    "(setsid sleep 300 &) ; (setsid sh -c 'trap \"\" INT TERM; (sleep 300 &) ; sleep 300' &); "
    "sleep 300",
    "sleep 300 & sleep 300 >/dev/null 2>&1 & exec sleep 300",
    "exec >&- 2>&-; trap '' INT; while :; do sleep 1; done",
    "exit 0",
};

std::string job(const std::string& head, const std::string& script) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n" + head +
         "    steps:\n      - shell: sh\n        run: |\n          " + script + "\n";
}

/// Processes that carry this line in their environment.
std::string processes_with(const std::string& line) {
  return crun::tests::shell(".", "grep -lszxF -- '" + line + "' /proc/[0-9]*/environ || true").out;
}

struct Ended {
  Called called;
  double seconds = 0;
};

/// A run that gets a signal after a while.
Ended ended_by(
    const CalledProgram& crun,
    const std::string& signal,
    double after,
    crun::executor::Environment environment,
    const std::string& option = "--json") {
  const auto begin = std::chrono::steady_clock::now();
  auto called = crun.call(
      {"timeout",
       "--preserve-status",
       "-s",
       signal,
       std::to_string(after),
       CRUN_PROGRAM,
       "run",
       "--json",
       option,
       "--pull",
       "never"},
      std::move(environment));
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - begin;
  std::istringstream lines(called.out);
  for (std::string line; std::getline(lines, line);) {
    called.events.push_back(nlohmann::json::parse(line));
  }
  return {std::move(called), all.count() - after};
}

int wanted_runs() {
  const char* number = std::getenv("CRUN_CANCELLED_RUNS");
  return number ? std::max(1, std::atoi(number)) : 6;
}

}  // namespace

TEST_CASE("cancelled runs leave no process, file, container, network or volume", "[containers]") {
  const ContainerWorld world;
  const bool containers = world.missing().empty();
  if (!containers) WARN("skipped: in containers: " << world.missing());
  const auto in_image = "    container: " + world.image() + "\n    services:\n      web:\n" +
                        "        image: " + world.image() + "\n        command: sleep 300\n";
  const bool bubblewrap =
      crun::tests::shell(".", "bwrap --ro-bind / / --unshare-pid true 2>/dev/null").code == 0;
  const int runs = wanted_runs();
  for (int run = 0; run < runs; ++run) {
    const bool boxed = containers && run % 2 == 1;
    const std::string script = stubborn[static_cast<std::size_t>(run / 2) % std::size(stubborn)];
    const CalledProgram crun(job(boxed ? in_image : "", script));
    const auto mark = fmt::format("CRUN_TEST_MARK={}-{}", ::getpid(), run);
    auto environment = world.environment();
    environment.set("CRUN_TEST_MARK", mark.substr(mark.find('=') + 1));
    const std::string option = bubblewrap && run % 4 == 2 ? "--sandbox" : "--json";
    // From the very beginning to well within the step.
    const double after = 0.02 + 1.2 * ((run * 37) % 100) / 100.0;
    const auto ended = ended_by(crun, run % 4 < 2 ? "INT" : "TERM", after, environment, option);
    INFO("run " << run << ": " << script << (boxed ? " in a container" : "") << " after " << after);
    INFO(option);
    INFO(ended.called.out << ended.called.err);
    CHECK(ended.seconds < ladder + slack + (boxed ? 2 : 0));  // the engine's own ways take longer
    CHECK(processes_with(mark) == "");
    CHECK(crun.leftovers() == "");
    if (boxed && !ended.called.events.empty()) {
      CHECK(world.left_of(ended.called.events.at(0)["run"]) == "");
    }
  }
}

TEST_CASE("what a killed run left is removed by crun cleanup", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(
      job("    container: " + world.image() + "\n    services:\n      web:\n        image: " +
              world.image() + "\n        command: sleep 300\n",
          "sleep 300"));
  const auto ended = ended_by(crun, "KILL", 1.5, world.environment());
  const std::string run = ended.called.events.at(0)["run"];
  CHECK(world.left_of(run) != "");  // at least its service
  CHECK(crun.leftovers() != "");
  const auto cleaned = crun.call({CRUN_PROGRAM, "cleanup"}, world.environment());
  INFO(cleaned.out << cleaned.err);
  CHECK(cleaned.code == 0);
  CHECK(world.left_of(run) == "");
  CHECK(crun.leftovers() == "");
}
