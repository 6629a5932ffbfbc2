#include "tests/runner/server/service_world.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/process/command.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"
#include "runner/server/control_client.hpp"
#include "tests/catch.hpp"

namespace crun::tests {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* workflow = R"(
name: Count
on:
  push:
  workflow_dispatch:
    inputs:
      mark: { type: string, required: true }
      lines: { type: number, required: true }
      pause: { type: string, required: true }
jobs:
  count:
    runs-on: ubuntu-latest
    env:
      MARK: ${{ inputs.mark || github.sha }}
      LINES: ${{ inputs.lines || 1 }}
      PAUSE: ${{ inputs.pause || 0 }}
      LEDGER: ${{ vars.LEDGER }}
    steps:
      - run: |
          echo "start $MARK" >> "$LEDGER"
          for i in $(seq 1 "$LINES"); do printf 'tick-%d.\n' "$i"; [ "$PAUSE" = 0 ] || sleep "$PAUSE"; done
          while [ -e "$LEDGER.hold-$MARK" ]; do sleep 0.05; done
          echo "end $MARK" >> "$LEDGER"
)";

}  // namespace

ServiceWorld::ServiceWorld() {
  std::string name = (fs::temp_directory_path() / "crun-service-XXXXXX").string();
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
  git({"commit", "-q", "-m", "Start"});
  git({"clone", "-q", "--bare", ".", (folder / "demo.git").string()});
}

ServiceWorld::~ServiceWorld() {
  kill();
  for (const auto pid : left()) ::kill(pid, SIGKILL);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

void ServiceWorld::git(std::vector<std::string> words) const {
  executor::Command command;
  command.argv = {
      "git",
      "-C",
      (folder / "work").string(),
      "-c",
      "user.name=Ada",
      "-c",
      "user.email=ada@example.com"};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  REQUIRE(executor::run_command(command).status.success());
}

void ServiceWorld::configure(const std::string& more) const {
  std::ofstream(folder / "crun.yml", std::ios::app) << more;
}

void ServiceWorld::start() {
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
  plan.in = plan.out = plan.err = null.get();
  REQUIRE(executor::spawn(plan, daemon_) == 0);
}

void ServiceWorld::kill(int signal) {
  if (daemon_ == 0) return;
  ::kill(daemon_, signal);
  int status = 0;
  ::waitpid(daemon_, &status, 0);
  daemon_ = 0;
}

Json ServiceWorld::ask(const Json& request) const {
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

std::string ServiceWorld::dispatch(
    const std::string& mark, int lines, const std::string& pause) const {
  const auto answer = ask(
      {{"command", "dispatch"},
       {"repository", "demo"},
       {"workflow", "count.yml"},
       {"inputs", {{"mark", mark}, {"lines", std::to_string(lines)}, {"pause", pause}}}});
  return answer.value("run", "");
}

Json ServiceWorld::runs() const {
  return ask({{"command", "runs"}})["runs"];
}

Json ServiceWorld::run(const std::string& id) const {
  return ask({{"command", "run"}, {"run", id}})["run"];
}

Json ServiceWorld::ended(const std::string& id, std::chrono::seconds limit) const {
  becomes_true(limit, [&] { return run(id)["state"] == "ended"; });
  return run(id);
}

std::vector<pid_t> ServiceWorld::left() const {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0 || pid == daemon_) continue;
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    if (text.find(folder.string()) != std::string::npos) found.push_back(pid);
  }
  return found;
}

std::map<std::string, int> ServiceWorld::ledger(const std::string& word) const {
  std::map<std::string, int> counts;
  std::ifstream file(folder / "ledger");
  for (std::string what, mark; file >> what >> mark;) counts[mark] += what == word ? 1 : 0;
  return counts;
}

std::vector<int> ServiceWorld::ticks(const std::string& run) const {
  std::vector<int> numbers;
  std::ifstream file(state() / "runs" / run / "events.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto event = Json::parse(line, nullptr, false);
    if (event.is_discarded()) break;  // a full disk tears the last line
    const auto text = event.value("event", "") == "log" ? event.value("line", "") : "";
    if (text.starts_with("tick-") && text.ends_with('.')) {
      numbers.push_back(std::atoi(text.c_str() + 5));
    }
  }
  return numbers;
}

bool becomes_true(std::chrono::seconds limit, const std::function<bool()>& question) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!question()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(50ms);
  }
  return true;
}

}  // namespace crun::tests
