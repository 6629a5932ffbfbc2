#include "bench/daemon.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <sys/wait.h>

#include "bench/inputs.hpp"
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/command.hpp"

namespace crun::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto secret = "bench-secret";
constexpr auto patience = 20s;

std::string workflow() {
  std::string text =
      "name: Push\non: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n"
      "      - run: |\n";
  std::string line;
  for (std::istringstream script(marked_script()); std::getline(script, line);) {
    text += "          " + line + "\n";
  }
  return text;
}

template <class Question>
void wait_until(const Question& question, const char* what) {
  const auto end = Clock::now() + patience;
  while (!question()) {
    if (Clock::now() > end) throw executor::Error(what);
    std::this_thread::sleep_for(500us);
  }
}

/// The number behind "NAME:" in a file of /proc, or 0.
double number_in(const std::filesystem::path& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    double value = 0;
    if (word == name + ":" && in >> value) return value;
  }
  return 0;
}

}  // namespace

Daemon::Daemon(const Bench& bench) : bench_(bench), folder_(bench.folder / "serve") {
  work_ = make_repository(bench.folder, "serve/work", {{"push.yml", workflow()}});
  git({"init", "-q", "--bare", "-b", "main", "../demo.git"});
  git({"push", "-q", "../demo.git", "main"});
  pushed_ = git({"rev-parse", "HEAD"});
}

Daemon::~Daemon() {
  if (process_ > 0) stop(SIGKILL);
}

std::string Daemon::git(std::vector<std::string> words) const {
  executor::Command command;
  command.argv = {"git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.directory = work_;
  const auto result = executor::run_command(command);
  if (!result.status.success()) throw executor::Error("git failed: " + result.err);
  return result.out.substr(0, result.out.find('\n'));
}

void Daemon::start(const std::string& poll) {
  std::ofstream(folder_ / "crun.yml") << fmt::format(
      "capacity: 2\nlabels: {{ ubuntu-latest: host }}\nrepositories:\n"
      "  - {{ name: demo, url: \"file://{}\", poll: {}, webhook_secret: {{ env: HOOK_SECRET }} "
      "}}\n",
      (folder_ / "demo.git").string(),
      poll);
  launch();
  std::string line;
  wait_until(
      [&] {
        std::ifstream out(folder_ / "out");
        return std::getline(out, line) && line.starts_with("listening on");
      },
      "crun serve does not listen");
  port_ = std::stoi(line.substr(line.rfind(':') + 1));
}

void Daemon::launch() {
  Program program;
  program.arguments = {
      bench_.crun,
      "serve",
      "--config",
      folder_ / "crun.yml",
      "--listen",
      fmt::format("127.0.0.1:{}", port_)};
  program.folder = folder_;
  program.environment = places(bench_, "serve");
  program.environment.push_back("CRUN_STATE=" + (folder_ / "state").string());
  program.environment.push_back(std::string("HOOK_SECRET=") + secret);
  program.output = folder_ / "out";
  process_ = bench::start(program);
}

void Daemon::stop(int signal) {
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

bool Daemon::answers() const {
  try {
    Wire wire(port_);
    wire.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    std::string line;
    return wire.next(line) && line.find(" 200 ") != std::string::npos;
  } catch (const executor::Error&) {
    return false;
  }
}

double Daemon::recover() {
  const auto killed = Clock::now();
  stop(SIGKILL);
  launch();
  wait_until([this] { return answers(); }, "crun serve does not answer after kill -9");
  return std::chrono::duration<double, std::milli>(Clock::now() - killed).count();
}

Delivery Daemon::deliver_push() {
  const auto before = pushed_;
  git({"commit", "-q", "--allow-empty", "-m", fmt::format("Change {}", ++runs_)});
  git({"push", "-q", "../demo.git", "main"});
  pushed_ = git({"rev-parse", "HEAD"});
  const auto webhook = push_webhook(before, pushed_, secret, fmt::format("delivery-{}", runs_));
  return deliver(port_, webhook, [this](Wire, const std::string& run) {
    Wire stream(port_);
    stream.send("GET /api/runs/" + run + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return stream;
  });
}

double Daemon::memory(const std::string& name) const {
  return number_in(fmt::format("/proc/{}/status", process_), name) / 1024;
}

double Daemon::wakeups(int seconds) const {
  const auto switches = [this] {
    double all = 0;
    const auto threads = fmt::format("/proc/{}/task", process_);
    for (const auto& thread : std::filesystem::directory_iterator(threads)) {
      for (const auto* kind : {"voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"}) {
        all += number_in(thread.path() / "status", kind);
      }
    }
    return all;
  };
  std::this_thread::sleep_for(2s);  // what was just asked of it is done
  const double before = switches();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  return (switches() - before) / seconds;
}

}  // namespace crun::bench
