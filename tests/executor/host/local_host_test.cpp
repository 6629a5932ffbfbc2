#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <sched.h>

#include "executor/error.hpp"
#include "executor/host/agent_image.hpp"
#include "executor/host/host.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// A loop with a host on it; every call runs the loop until it has its answer.
struct Machine {
  explicit Machine(KillPatience patience = {300ms, 200ms, 400ms}, std::string agent = {})
      : host(make_local_host(loop.get_executor(), std::move(agent), patience)) {
    wait(host->up());
  }
  ~Machine() {
    if (host) wait(host->down());
  }

  void wait(asio::awaitable<void> task) {
    std::exception_ptr failure;
    bool done = false;
    loop.restart();  // it stops when it runs out of work
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) {
      failure = error;
      done = true;
    });
    while (!done) loop.run_one();
    if (failure) std::rethrow_exception(failure);
  }

  SpawnResult run(SpawnRequest request) {
    text.clear();
    std::optional<SpawnResult> result;
    auto task = [](Machine& machine,
                   SpawnRequest what,
                   std::optional<SpawnResult>& out) -> asio::awaitable<void> {
      auto* seen = &machine;
      OutputHandler handler = [seen](Stream, std::string_view piece) {
        seen->bytes += piece.size();
        if (seen->text.size() < 100'000) seen->text += piece;
        if (seen->on_output) seen->on_output();
      };
      out = co_await machine.host->run(std::move(what), handler, *machine.cancel);
    };
    wait(task(*this, std::move(request), result));
    return *result;
  }

  SpawnResult shell(const std::string& script) {
    SpawnRequest request;
    request.argv = {"bash", "-c", script};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    request.directory = "/";
    return run(std::move(request));
  }

  /// Cancels as soon as the step has said something.
  void cancel_on_output() {
    on_output = [this] { cancel->request("test"); };
  }

  std::optional<CancelSource> cancel{std::in_place};  // outlives the coroutines of the loop
  asio::io_context loop;
  std::unique_ptr<Host> host;
  std::string text;
  size_t bytes = 0;
  std::function<void()> on_output;
};

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  try {
    return {std::istreambuf_iterator<char>(file), {}};
  } catch (const std::ios_base::failure&) {
    return {};  // of a process that has just ended
  }
}

/// How many processes have this text in their command line.
int processes_with(const std::string& mark) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    if (!std::isdigit(static_cast<unsigned char>(entry.path().filename().string()[0]))) continue;
    count += file_text(entry.path() / "cmdline").find(mark) != std::string::npos;
  }
  return count;
}

size_t open_descriptors(const std::string& pid = "self") {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + pid + "/fd")) {
    count += entry.is_symlink();
  }
  return count;
}

/// A number no other process has, to sleep for: the mark of a test's processes.
std::string unique_seconds() {
  static int number = 0;
  return std::to_string(10000 + number++) + "." + std::to_string(::getpid());
}

bool gone_soon(const std::string& mark, std::chrono::milliseconds patience = 3s) {
  auto deadline = Clock::now() + patience;
  while (processes_with(mark) > 0) {
    if (Clock::now() > deadline) return false;
    ::usleep(10'000);
  }
  return true;
}

}  // namespace

TEST_CASE("local host: output, exit code, environment and directory of a step", "[host]") {
  Machine machine;
  SpawnRequest request;
  request.argv = {"sh", "-c", "env | grep -v ^_= | LC_ALL=C sort; pwd; cat; exit 7"};
  request.environment = {{"PATH", "/usr/bin:/bin"}, {"COLOUR", "blue\ngreen"}};
  request.directory = "/usr";
  auto result = machine.run(request);
  CHECK(machine.text == "COLOUR=blue\nPATH=/usr/bin:/bin\nPWD=/usr\ngreen\n/usr\n");
  CHECK(result.status.code() == 7);
  CHECK_FALSE(result.cancelled);
  CHECK(result.start_error.empty());
  CHECK(result.usage.peak_memory > 0);
}

TEST_CASE("local host: a killed program is told by its signal", "[host]") {
  Machine machine;
  auto result = machine.shell("kill -9 $$");
  CHECK(result.status.signal() == SIGKILL);
  CHECK_FALSE(result.cancelled);
}

TEST_CASE("local host: a missing program or folder is told in GitHub's words", "[host]") {
  Machine machine;
  SpawnRequest request;
  request.argv = {"no-such-program"};
  request.directory = "/usr";
  CHECK(
      machine.run(request).start_error ==
      "An error occurred trying to start process 'no-such-program' with working directory '/usr'. "
      "No such file or directory");
  request.argv = {"/bin/true"};
  request.directory = "/usr/nope";
  CHECK(
      machine.run(request).start_error ==
      "An error occurred trying to start process '/bin/true' with working directory '/usr/nope'. "
      "No such file or directory");
  CHECK(machine.shell("exit 0").status.success());
}

TEST_CASE("local host: steps have their own group, no input, default signals, 3 files", "[host]") {
  Machine machine;
  machine.shell(
      "test $(ps -o pgid= -p $$) = $$ && echo own-group; readlink /proc/self/fd/0;"
      "ls /proc/self/fd");
  CHECK(machine.text == "own-group\n/dev/null\n0\n1\n2\n3\n");  // 3 is the folder, of ls
  SpawnRequest request;
  request.argv = {"/bin/sed", "-n", "s/^Sig\\(Ign\\|Blk\\):.//p", "/proc/self/status"};
  machine.run(request);
  std::istringstream masks(machine.text);
  unsigned long long blocked = 1, ignored = 1;
  masks >> std::hex >> blocked >> ignored;
  CHECK(blocked == 0);
  CHECK((ignored & 0x7fffffff) == 0);  // glibc keeps 32 and 33 for itself
}

TEST_CASE("local host: the agent gives way to steps, and they to nobody", "[host]") {
  constexpr char show[] = "cut -d ' ' -f 41 /proc/self/stat /proc/$PPID/stat | tr '\\n' ' '";
  const std::string expected = fmt::format("{} {} ", SCHED_OTHER, SCHED_BATCH);
  if (::sched_getscheduler(0) != SCHED_OTHER) {
    WARN("skipped: the tests themselves run with another scheduling policy, which stays");
    return;
  }
  Machine machine;
  machine.shell(show);
  CHECK(machine.text == expected);

  bool ended = false;
  SpawnRequest other;
  other.argv = {"/bin/sleep", "0.3"};
  asio::co_spawn(
      machine.loop,
      machine.host->run(other, {}, *machine.cancel),
      [&](std::exception_ptr, const SpawnResult&) { ended = true; });
  machine.text.clear();
  machine.shell(show);
  CHECK_FALSE(ended);
  CHECK(machine.text == expected);
  while (!ended) machine.loop.run_one();
}

TEST_CASE("local host: the agent started from a file works as well", "[host]") {
  auto path = std::filesystem::temp_directory_path() / ("crun-agent-" + unique_seconds());
  write_agent(path);
  {
    Machine machine({}, path);
    machine.shell("echo hello");
    CHECK(machine.text == "hello\n");
  }
  std::filesystem::remove(path);
  CHECK(agent_image().size() < (1u << 20));
}

TEST_CASE("local host: a polite step ends on INT", "[host]") {
  Machine machine;
  machine.cancel_on_output();
  auto begin = Clock::now();
  auto result =
      machine.shell("trap 'echo bye; exit 9' INT; echo ready; while :; do sleep 0.1; done");
  CHECK(result.cancelled);
  CHECK(result.status.code() == 9);
  CHECK_THAT(machine.text, Catch::Matchers::ContainsSubstring("bye"));
  CHECK(Clock::now() - begin < 2s);
}

TEST_CASE("local host: TERM follows INT, KILL follows TERM", "[host]") {
  Machine machine;
  machine.cancel_on_output();
  auto result =
      machine.shell("trap '' INT; trap 'exit 4' TERM; echo ready; while :; do sleep 0.02; done");
  CHECK(result.status.code() == 4);
  machine.cancel.emplace();
  auto begin = Clock::now();
  result = machine.shell("trap '' INT TERM; echo ready; while :; do sleep 0.02; done");
  CHECK(result.status.signal() == SIGKILL);
  CHECK(Clock::now() - begin < 2s);
  CHECK(Clock::now() - begin > 450ms);
}

TEST_CASE("local host: stubborn children in sessions of their own go with the step", "[host]") {
  Machine machine;
  machine.cancel_on_output();
  std::string mark = unique_seconds();
  auto begin = Clock::now();
  auto result = machine.shell(
      "trap '' INT TERM; (sleep " + mark + ") & setsid bash -c \"trap '' INT TERM; sleep " + mark +
      "; true\" & setsid bash -c \"(setsid sleep " + mark +
      " >/dev/null 2>&1 &)\" & sleep 0.1; echo ready; while :; do sleep 0.1; done");
  CHECK(result.cancelled);
  CHECK(Clock::now() - begin < 3s);
  CHECK(processes_with(mark) == 0);
}

TEST_CASE("local host: the rest of the group gets its time after the program ended", "[host]") {
  // The shell ends on INT at once; its child, which INT does not reach, cleans up on TERM.
  Machine machine;
  machine.cancel_on_output();
  auto result = machine.shell(
      "bash -c \"trap 'sleep 0.1; echo cleaned; exit' TERM; echo ready; while :; do sleep 0.02; "
      "done\" & trap 'exit 1' INT; wait");
  CHECK(result.cancelled);
  CHECK_THAT(machine.text, Catch::Matchers::ContainsSubstring("cleaned"));
}

TEST_CASE("local host: a background process delays by the drain and goes with the job", "[host]") {
  std::string mark = unique_seconds();
  {
    Machine machine;
    auto begin = Clock::now();
    auto result = machine.shell("sleep " + mark + " & echo started");
    CHECK(result.status.success());
    CHECK(machine.text == "started\n");
    CHECK(Clock::now() - begin < 1s);
    CHECK(processes_with(mark) == 1);
    machine.shell("echo next");
    CHECK(machine.text == "next\n");
    CHECK(processes_with(mark) == 1);
  }
  CHECK(processes_with(mark) == 0);
}

TEST_CASE("local host: a background process may go on writing after its step", "[host]") {
  Machine machine;
  std::string mark = unique_seconds();
  machine.shell("(while :; do echo noise; sleep 0.001; done; sleep " + mark + ") & echo started");
  machine.shell("sleep 0.1; echo quiet");
  CHECK(machine.text == "quiet\n");
  CHECK(processes_with(mark) >= 1);  // not ended by a closed pipe
}

TEST_CASE("local host: cancelling takes what left the group, and spares older daemons", "[host]") {
  std::string daemon = unique_seconds();
  Machine machine;
  machine.shell("setsid sleep " + daemon + " >/dev/null 2>&1 &");
  ::usleep(30'000);
  machine.cancel_on_output();
  std::string mark = unique_seconds();
  machine.shell("(setsid sleep " + mark + " >/dev/null 2>&1 &); sleep 0.1; echo ready; sleep 9");
  CHECK(gone_soon(mark));
  CHECK(processes_with(daemon) == 1);
}

TEST_CASE("local host: without down() everything is gone too", "[host]") {
  std::string mark = unique_seconds();
  {
    Machine machine;
    machine.shell(
        "setsid sleep " + mark + " >/dev/null 2>&1 & (sleep " + mark + " >/dev/null 2>&1 &)");
    machine.host.reset();
  }
  CHECK(gone_soon(mark));
}

TEST_CASE("local host: when crun is killed, the agent takes everything along", "[host]") {
  // A child of ours plays crun; it never gets to clean up.
  std::string mark = unique_seconds();
  pid_t crun = ::fork();
  if (crun == 0) {
    Machine machine;
    machine.on_output = [] { ::kill(::getpid(), SIGKILL); };
    machine.shell(
        "sleep " + mark + " & setsid bash -c \"trap '' INT TERM HUP; (setsid sleep " + mark +
        " &) ; sleep " + mark + "; true\" & sleep 0.2; echo ready; wait");
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(crun, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(gone_soon(mark));
}

TEST_CASE("local host: a lost agent is an error, not a hang", "[host]") {
  Machine machine;
  machine.on_output = [&] { ::kill(std::stoi(machine.text), SIGKILL); };
  CHECK_THROWS_AS(machine.shell("echo $PPID; sleep 20"), Error);
  CHECK_THROWS_AS(machine.shell("true"), Error);
}

TEST_CASE("local host: a handler that throws fails the step and ends it", "[host]") {
  Machine machine;
  std::string mark = unique_seconds();
  machine.on_output = [] { throw Error("disk full"); };
  CHECK_THROWS_WITH(machine.shell("echo x; sleep " + mark), "disk full");
  machine.on_output = {};
  CHECK(gone_soon(mark));
  CHECK(machine.shell("true").status.success());
}

TEST_CASE("local host: more environment than the kernel takes is an error", "[host]") {
  Machine machine;
  SpawnRequest request;
  request.argv = {"/bin/true"};
  for (std::size_t size : {std::size_t{3} << 20, std::size_t{70} << 20}) {
    request.environment.set("BIG", std::string(size, 'x'));
    CHECK_THAT(
        machine.run(request).start_error,
        Catch::Matchers::ContainsSubstring("Argument list too long"));
  }
  CHECK(machine.shell("true").status.success());
}

TEST_CASE("local host: a step that is dropped on its way is ended", "[host]") {
  std::string mark = unique_seconds();
  {
    Machine machine;
    auto task = [](Machine& where, std::string seconds) -> asio::awaitable<void> {
      SpawnRequest request;
      request.argv = {"/bin/sleep", seconds};
      OutputHandler handler;
      auto result = co_await where.host->run(std::move(request), handler, *where.cancel);
      (void)result;
    };
    asio::co_spawn(machine.loop, task(machine, mark), asio::detached);
    while (processes_with(mark) == 0) machine.loop.run_for(10ms);
    machine.host.reset();
  }
  CHECK(processes_with(mark) == 0);
}

TEST_CASE("local host: two steps at once do not mix", "[host]") {
  Machine machine;
  std::string texts[2];
  int running = 2;
  auto task = [](Machine& where, std::string& text, std::string word) -> asio::awaitable<void> {
    SpawnRequest request;
    request.argv = {"sh", "-c", "for i in 1 2 3; do echo " + word + "; sleep 0.02; done"};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    auto* target = &text;
    OutputHandler handler = [target](Stream, std::string_view bytes) { *target += bytes; };
    auto result = co_await where.host->run(std::move(request), handler, *where.cancel);
    (void)result;
  };
  for (int i : {0, 1}) {
    asio::co_spawn(
        machine.loop, task(machine, texts[i], i == 0 ? "left" : "right"), [&](std::exception_ptr) {
          --running;
        });
  }
  while (running > 0) machine.loop.run_one();
  CHECK(texts[0] == "left\nleft\nleft\n");
  CHECK(texts[1] == "right\nright\nright\n");
}

TEST_CASE("local host: much output arrives whole while memory stays small", "[host]") {
  Machine machine;
  machine.shell("head -c 200000000 /dev/zero");
  CHECK(machine.bytes == 200'000'000);
}

TEST_CASE("local host: two hundred cancelled steps leave nothing", "[host][stress]") {
  Machine machine({20ms, 20ms, 50ms});
  std::string mark = unique_seconds();
  std::string agent;
  machine.shell("echo $PPID");
  agent = machine.text.substr(0, machine.text.find('\n'));
  size_t ours = open_descriptors(), theirs = open_descriptors(agent);
  for (int i = 0; i < 200; ++i) {
    machine.cancel.emplace();
    machine.cancel_on_output();
    auto result = machine.shell(
        i % 2 == 0 ? "setsid sleep " + mark + " & echo ready; sleep " + mark
                   : "trap '' INT TERM; sleep " + mark + " & echo ready; while :; do wait; done");
    REQUIRE(result.cancelled);
  }
  CHECK(processes_with(mark) == 0);
  machine.on_output = {};
  machine.cancel.emplace();
  machine.shell("true");  // after it the agent has seen to the last one's processes
  CHECK(open_descriptors() == ours);
  CHECK(open_descriptors(agent) == theirs);
}

TEST_CASE("local host: a thousand steps leave no descriptor", "[host][stress]") {
  Machine machine;
  machine.shell("echo $PPID");
  std::string agent = machine.text.substr(0, machine.text.find('\n'));
  size_t ours = open_descriptors(), theirs = open_descriptors(agent);
  SpawnRequest request;
  request.argv = {"/bin/true"};
  auto begin = Clock::now();
  for (int i = 0; i < 1000; ++i) REQUIRE(machine.run(request).status.success());
  auto each = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin) / 1000;
  INFO("a step takes " << each.count() << " us");
  CHECK(each < 20ms);
  CHECK(open_descriptors() == ours);
  CHECK(open_descriptors(agent) == theirs);
}
