// After a cancelled run nothing is left, whatever its steps are and whenever the signal comes; what
// a killed run left the next one removes. CRUN_CANCELLED_RUNS says how many runs are cancelled.
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"

using crun::tests::Called;
using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;

namespace {

constexpr double ladder = 7.5 + 2.5;  // seconds from INT to KILL
constexpr double slack = 0.5;
constexpr std::chrono::milliseconds between_looks{50};
constexpr int many = 20;            // runs, from which on it is told how long they took
constexpr double engine_slack = 2;  // to remove two containers and, after them, their network

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
         "    steps:\n      - uses: actions/checkout@v4\n      - shell: sh\n        run: |\n       "
         "   " +
         script + "\n";
}

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

/// Processes that carry this line in their environment, in containers too.
std::string processes_with(const std::string& line) {
  std::string found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    for (std::string one; std::getline(file, one, '\0');) {
      if (one == line) found += name + "\n";
    }
  }
  return found;
}

std::string beside_service(const std::string& image) {
  return "    container: " + image + "\n    services:\n      web:\n        image: " + image +
         "\n        command: sleep 300\n";
}

/// Sees when processes were there for the last time, and how long this machine let it wait for a
/// look: as long it may have let the steps and crun wait.
class Watch {
 public:
  explicit Watch(std::string line)
      : thread_([this, line = std::move(line)] {
          for (auto due = Clock::now(); !done_; due = Clock::now() + between_looks) {
            std::this_thread::sleep_until(due);
            const auto now = Clock::now();
            if (!processes_with(line).empty()) last_seen_ = now;
            stall_ = std::max(stall_, seconds_between(due, Clock::now()));
          }
        }) {}
  ~Watch() { last_seen(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Ends the watch; the clock's beginning when none was ever seen.
  Clock::time_point last_seen() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
    return last_seen_;
  }

  /// Of one look, at most; after last_seen().
  double stall() const { return stall_; }

 private:
  std::atomic<bool> done_ = false;
  Clock::time_point last_seen_;
  double stall_ = 0;  // seconds
  std::thread thread_;
};

struct Ended {
  Called called;
  double seconds = 0;  // from the signal to the end of crun
  Clock::time_point signalled;
};

/// A run that gets a signal after a while.
Ended ended_by(
    const CalledProgram& crun,
    const std::string& signal,
    double after,
    crun::executor::Environment environment,
    const std::string& option = "--json") {
  const auto begin = Clock::now();
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
  const auto end = Clock::now();
  std::istringstream lines(called.out);
  for (std::string line; std::getline(lines, line);) {
    called.events.push_back(nlohmann::json::parse(line));
  }
  const auto offset =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(after));
  return {std::move(called), seconds_between(begin + offset, end), begin + offset};
}

/// How long crun takes here and now to begin: built with a sanitizer, or on a busy machine, long.
double seconds_to_begin(const CalledProgram& crun) {
  const auto begin = Clock::now();
  crun.call({CRUN_PROGRAM, "--version"});
  return seconds_between(begin, Clock::now());
}

int wanted_runs() {
  const char* number = std::getenv("CRUN_CANCELLED_RUNS");
  return number ? std::max(1, std::atoi(number)) : 6;
}

}  // namespace

TEST_CASE(
    "cancelled runs leave no process, mount, file, container, network or volume", "[containers]") {
  const ContainerWorld world;
  const bool containers = world.missing().empty();
  if (!containers) WARN("skipped: in containers: " << world.missing());
  const auto in_image = beside_service(world.image());
  const bool bubblewrap =
      crun::tests::shell(".", "bwrap --ro-bind / / --unshare-pid true 2>/dev/null").code == 0;
  const int runs = wanted_runs();
  double slowest_steps = 0, slowest_run = 0;
  for (int run = 0; run < runs; ++run) {
    const bool boxed = containers && run % 2 == 1;
    const std::string script = stubborn[static_cast<std::size_t>(run / 2) % std::size(stubborn)];
    const auto mark = fmt::format("{}-{}", ::getpid(), run);
    const auto env = "    env: {CRUN_TEST_STEP: " + mark + "}\n";
    const CalledProgram crun(job(env + (boxed ? in_image : ""), script));
    auto environment = world.environment();
    environment.set("CRUN_TEST_MARK", mark);
    const std::string option = bubblewrap && run % 4 == 2 ? "--sandbox" : "--json";
    // From the very beginning to well within the step.
    const double after = 0.02 + 1.2 * ((run * 37) % 100) / 100.0;
    Watch steps("CRUN_TEST_STEP=" + mark);
    const auto ended = ended_by(crun, run % 4 < 2 ? "INT" : "TERM", after, environment, option);
    const auto steps_took = seconds_between(ended.signalled, steps.last_seen());
    INFO("run " << run << ": " << script << (boxed ? " in a container" : "") << " after " << after);
    INFO(option);
    INFO(ended.called.out << ended.called.err);
    INFO("a look took up to " << steps.stall() << " s");
    CHECK(steps_took < ladder + slack + steps.stall());
    CHECK(ended.seconds < ladder + slack + steps.stall() + (boxed ? engine_slack : 0));
    CHECK(processes_with("CRUN_TEST_MARK=" + mark) == "");
    CHECK(processes_with("CRUN_TEST_STEP=" + mark) == "");
    slowest_steps = std::max(slowest_steps, steps_took);
    slowest_run = std::max(slowest_run, ended.seconds);
    CHECK(crun.leftovers() == "");
    if (boxed && !ended.called.events.empty()) {
      CHECK(world.left_of(ended.called.events.at(0)["run"]) == "");
    }
  }
  if (runs < many) return;
  WARN(
      runs << " runs: the last process of a step was gone " << slowest_steps
           << " s after the signal, the last run " << slowest_run << " s after it");
}

TEST_CASE(
    "a run cancelled while its container starts leaves no container or network", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(job(beside_service(world.image()), "sleep 300"));
  int begun = 0;
  for (const double after : {0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8}) {
    const auto ended = ended_by(crun, "INT", seconds_to_begin(crun) + after, world.environment());
    INFO("after " << after << " s: " << ended.called.out << ended.called.err);
    CHECK(crun.leftovers() == "");
    if (ended.called.events.empty()) continue;  // cancelled before it asked anything of the engine
    ++begun;
    CHECK(world.left_of(ended.called.events.at(0)["run"]) == "");
  }
  CHECK(begun > 0);
}

TEST_CASE("a step beside a service that ignores signals is gone with the ladder", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const auto mark = std::to_string(::getpid());
  const auto env = "    env: {CRUN_TEST_STEP: " + mark + "}\n";
  const CalledProgram crun(job(env + beside_service(world.image()), stubborn[0]));
  Watch steps("CRUN_TEST_STEP=" + mark);
  const auto ended = ended_by(crun, "INT", 4, world.environment());
  const auto took = seconds_between(ended.signalled, steps.last_seen());
  INFO(ended.called.out << ended.called.err);
  INFO("crun took " << ended.seconds << " s, a look up to " << steps.stall() << " s");
  CHECK(took > ladder - slack);  // it was there
  CHECK(took < ladder + slack + steps.stall());
  CHECK(ended.seconds < ladder + slack + steps.stall() + engine_slack);
}

TEST_CASE("what a killed run left is removed by crun cleanup", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(job(beside_service(world.image()), "sleep 300"));
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
