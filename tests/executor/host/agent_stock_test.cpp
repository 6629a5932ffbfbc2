#include "executor/host/agent_stock.hpp"

#include <csignal>
#include <fstream>
#include <optional>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/catch.hpp"

using namespace crun::executor;
using Catch::Contains;

namespace {

/// A job on the machine with an agent of the stock: what its one step printed.
asio::awaitable<std::string> job(AgentStock& stock, std::string script) {
  auto host = make_local_host(stock);
  co_await host->up();
  SpawnRequest request;
  request.argv = {"bash", "-c", std::move(script)};
  request.environment = {{"PATH", "/usr/bin:/bin"}};
  request.directory = "/";
  CancelSource never;
  std::string text;
  OutputHandler keep = [&text](Stream, std::string_view piece) { text += piece; };
  const auto result = co_await host->run(std::move(request), keep, never);
  co_await host->down();
  co_return text + (result.status.success() ? "" : "failed");
}

struct Jobs {
  std::string run(std::string script) {
    std::optional<std::string> text;
    std::exception_ptr failure;
    loop.restart();
    asio::co_spawn(
        loop, job(stock, std::move(script)), [&](std::exception_ptr error, std::string told) {
          failure = error;
          text = std::move(told);
        });
    while (!text) loop.run_one();
    if (failure) std::rethrow_exception(failure);
    return *text;
  }

  asio::io_context loop;
  AgentStock stock{loop.get_executor(), {}, AgentProcess({})};
};

bool exists(const std::string& pid) {
  return ::kill(static_cast<pid_t>(std::stol(pid)), 0) == 0;
}

}  // namespace

TEST_CASE("agent stock: the agent of a job that has ended serves the next", "[host]") {
  Jobs jobs;
  const auto first = jobs.run("echo $PPID"), second = jobs.run("echo $PPID");
  CHECK(first == second);
  CHECK(exists(first));
}

TEST_CASE("agent stock: nothing of a job is left when its agent serves the next", "[host]") {
  Jobs jobs;
  const auto left = jobs.run("setsid sleep 7001 >/dev/null 2>&1 & echo $!");
  CHECK_FALSE(exists(left));
  CHECK(jobs.run("pgrep -P $PPID | grep -vxc $$; true") == "0\n");
}

TEST_CASE("agent stock: jobs at the same time have an agent each", "[host]") {
  Jobs jobs;
  const auto one = jobs.stock.take(), other = jobs.stock.take();
  CHECK(one != other);
}

TEST_CASE("agent stock: an agent that has died serves nobody", "[host]") {
  Jobs jobs;
  CHECK_THROWS_WITH(jobs.run("kill -9 $PPID; sleep 1"), Contains("lost the agent"));
  CHECK(jobs.run("echo well") == "well\n");
}

TEST_CASE("agent stock: agents go with it", "[host]") {
  std::optional<Jobs> jobs(std::in_place);
  const auto agent = jobs->run("echo $PPID");
  jobs.reset();
  CHECK_FALSE(exists(agent));
}

TEST_CASE("agent stock: one that nobody took is ended", "[host]") {
  std::optional<AgentProcess> agent;
  agent.emplace("");
  const AgentProcess moved = std::move(*agent);
  agent.reset();
  SUCCEED("it was waited for, once");
}
