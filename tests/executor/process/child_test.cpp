#include "executor/process/child.hpp"

#include <csignal>
#include <optional>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
using namespace std::chrono_literals;

namespace {

pid_t shell(const std::string& script, int output = -1) {
  SpawnPlan plan;
  plan.program = "/bin/sh";
  plan.argv = {"sh", "-c", script};
  const Fd null = open_null();
  plan.in = plan.out = plan.err = null.get();
  if (output >= 0) plan.out = output;
  pid_t pid = 0;
  REQUIRE(spawn(plan, pid) == 0);
  return pid;
}

}  // namespace

TEST_CASE("child: its end is told once, with its exit code", "[process]") {
  boost::asio::io_context loop;
  Child child(loop.get_executor(), shell("exit 3"));
  std::vector<int> codes;
  child.on_exit([&codes](ExitStatus status) { codes.push_back(status.code()); });
  loop.run_for(10s);
  CHECK(codes == std::vector{3});
  CHECK_FALSE(child.running());
}

// The loop knows a descriptor by a record that it uses again: what was ready on the one that is
// closed wakes the one that is opened next.
TEST_CASE("child: a wake-up that was meant for another does not stop the loop", "[process]") {
  boost::asio::io_context loop;
  auto pipe = make_pipe();
  const auto ends = shell("exit 0", pipe.write.get());
  pipe.write.reset();
  std::optional<Child> child(std::in_place, loop.get_executor(), ends);
  child->on_exit([](ExitStatus) {});
  boost::asio::posix::stream_descriptor output(loop, pipe.read.release());
  bool told = false;
  output.async_wait(output.wait_read, [&](boost::system::error_code) {
    child.emplace(loop.get_executor(), shell("sleep 60"));
    child->on_exit([&told](ExitStatus) { told = true; });
  });
  // Both have ended when the loop looks: the pipe, and the child behind it.
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(ends), &info, WEXITED | WNOWAIT) == 0);
  const auto begin = std::chrono::steady_clock::now();
  loop.run_for(20ms);
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  CHECK(child->running());
  CHECK_FALSE(told);
}

TEST_CASE("child: one that was waited for is not told again", "[process]") {
  boost::asio::io_context loop;
  int told = 0;
  Child child(loop.get_executor(), shell("exit 0"));
  child.on_exit([&told](ExitStatus) { ++told; });
  CHECK(child.wait(10s));
  CHECK_FALSE(child.running());
  loop.run_for(50ms);
  CHECK(told == 0);
}

TEST_CASE("child: one that still runs goes with its owner", "[process]") {
  boost::asio::io_context loop;
  pid_t pid = 0;
  {
    Child child(loop.get_executor(), pid = shell("sleep 60"));
    CHECK_FALSE(child.wait(0ms));
  }
  CHECK(::kill(pid, 0) != 0);
}
