// The service is killed with -9 at random moments while it works off a queue of runs: none is lost,
// none runs twice, no log has a hole, no process is left. A program of its own: it takes a while.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/process/command.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"
#include "runner/server/control_client.hpp"
#include "tests/catch.hpp"

using namespace crun;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr int kills = 50;
constexpr int runs = 24;
constexpr int lines = 25;

constexpr const char* workflow = R"(
name: Count
on: { workflow_dispatch: { inputs: { mark: { type: string, required: true } } } }
jobs:
  count:
    runs-on: ubuntu-latest
    env: { MARK: "${{ inputs.mark }}", LEDGER: "${{ vars.LEDGER }}" }
    steps:
      - run: |
          echo "start $MARK" >> "$LEDGER"
          for i in $(seq 1 25); do printf 'tick-%d.\n' "$i"; sleep 0.04; done
          echo "end $MARK" >> "$LEDGER"
)";

class World {
 public:
  World() {
    std::string name = (fs::temp_directory_path() / "crun-kill-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    for (const char* each : {"work/.github/workflows", "home", "run"}) {
      fs::create_directories(folder / each);
    }
    std::ofstream(folder / "work/.github/workflows/count.yml") << workflow;
    std::ofstream(folder / "crun.yml")
        << "capacity: 3\nlabels: { ubuntu-latest: host }\nrepositories:\n  - name: demo\n    url: "
        << "file://" << (folder / "demo.git").string()
        << "\n    vars: { LEDGER: " << (folder / "ledger").string() << " }\n";
    git({"init", "-q", "-b", "main"});
    git({"add", "-A"});
    git({"-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "Start"});
    git({"clone", "-q", "--bare", ".", (folder / "demo.git").string()});
  }
  ~World() {
    kill();
    for (const auto pid : left()) ::kill(pid, SIGKILL);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }

  void git(std::vector<std::string> words) const {
    executor::Command command;
    command.argv = {"git", "-C", (folder / "work").string()};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    REQUIRE(executor::run_command(command).status.success());
  }

  void start() {
    const auto null = executor::open_null();
    executor::SpawnPlan plan;
    plan.program = CRUN_PROGRAM;
    plan.argv = {
        "crun",
        "serve",
        "--config",
        folder / "crun.yml",
        "--state",
        state(),
        "--listen",
        "127.0.0.1:0"};
    plan.environment = executor::Environment::inherited();
    plan.environment.set("HOME", folder / "home");
    plan.environment.set("XDG_RUNTIME_DIR", folder / "run");
    plan.environment.set("XDG_CACHE_HOME", folder / "home/cache");
    plan.environment.set("CRUN_KILL_TEST", folder);
    plan.in = plan.out = plan.err = null.get();
    REQUIRE(executor::spawn(plan, daemon) == 0);
  }

  void kill(int signal = SIGKILL) {
    if (daemon == 0) return;
    ::kill(daemon, signal);
    int status = 0;
    ::waitpid(daemon, &status, 0);
    daemon = 0;
  }

  /// The answer to a request, as soon as the daemon gives one.
  Json ask(const Json& request) const {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (true) {
      try {
        runner::ControlClient client(state());
        client.ask(request);
        return client.answer();
      } catch (const executor::Error&) {
        if (std::chrono::steady_clock::now() > end) throw;
        std::this_thread::sleep_for(20ms);
      }
    }
  }

  /// Processes that this service has started, directly or not.
  std::vector<pid_t> left() const {
    std::vector<pid_t> found;
    const auto mark = folder.string();  // it is in the environment of all of them
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const pid_t pid = std::atoi(entry.path().filename().c_str());
      if (pid <= 0 || pid == daemon) continue;
      std::ifstream file(entry.path() / "environ", std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      if (text.find(mark) != std::string::npos) found.push_back(pid);
    }
    return found;
  }

  /// How often each mark was written with this word.
  std::map<std::string, int> ledger(const std::string& word) const {
    std::map<std::string, int> counts;
    std::ifstream file(folder / "ledger");
    for (std::string what, mark; file >> what >> mark;) counts[mark] += what == word ? 1 : 0;
    return counts;
  }

  /// The numbers that a run's journal has, in its order.
  std::vector<int> ticks(const std::string& run) const {
    std::vector<int> numbers;
    std::ifstream file(state() / "runs" / run / "events.jsonl");
    for (std::string line; std::getline(file, line);) {
      const auto event = Json::parse(line);
      const auto text = event.value("event", "") == "log" ? event.value("line", "") : "";
      if (text.starts_with("tick-") && text.ends_with('.')) {
        numbers.push_back(std::atoi(text.c_str() + 5));
      }
    }
    return numbers;
  }

  fs::path state() const { return folder / "state"; }

  fs::path folder;
  pid_t daemon = 0;
};

unsigned random_seed() {
  const char* given = std::getenv("CRUN_KILL_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                          : std::random_device()();
}

}  // namespace

TEST_CASE(
    "service: killed fifty times it loses no run, doubles none, and leaves nothing", "[kill]") {
  World world;
  world.start();
  std::set<std::string> ids;
  for (int i = 0; i < runs; ++i) {
    const auto answer = world.ask(
        {{"command", "dispatch"},
         {"repository", "demo"},
         {"workflow", "count.yml"},
         {"inputs", {{"mark", "m" + std::to_string(i)}}}});
    ids.insert(answer.value("run", ""));
  }
  REQUIRE(ids.size() == runs);

  const auto seed = random_seed();
  std::printf("seed %u; the same moments again: CRUN_KILL_SEED=%u\n", seed, seed);
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moment(0, 250);
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(moment(random)));
    world.kill();
    world.start();
  }
  const auto waiting = world.ask({{"command", "runs"}})["runs"];
  CHECK(std::any_of(waiting.begin(), waiting.end(), [](const auto& run) {
    return run["state"] != "ended";  // otherwise the last kills met a daemon with nothing to do
  }));

  const auto end = std::chrono::steady_clock::now() + 120s;
  Json listed;
  std::size_t ended = 0;
  while (ended < runs && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(100ms);
    listed = world.ask({{"command", "runs"}})["runs"];
    ended = static_cast<std::size_t>(std::count_if(
        listed.begin(), listed.end(), [](const auto& run) { return run["state"] == "ended"; }));
  }
  CHECK(listed.size() == runs);
  std::vector<int> whole(lines);
  for (int i = 0; i < lines; ++i) whole[static_cast<std::size_t>(i)] = i + 1;
  for (const auto& run : listed) {
    const auto id = run["id"].get<std::string>();
    INFO(run.dump());
    CHECK(ids.count(id) == 1);
    CHECK(run["conclusion"] == "success");
    CHECK(world.ticks(id) == whole);
  }
  for (int i = 0; i < runs; ++i) {
    const auto mark = "m" + std::to_string(i);
    INFO(mark);
    CHECK(world.ledger("start")[mark] == 1);
    CHECK(world.ledger("end")[mark] == 1);
  }
  CHECK(world.left().empty());
  world.kill(SIGTERM);
  CHECK(world.left().empty());
}
