#include "executor/process/offload.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/catch.hpp"

using namespace crun::executor;
namespace asio = boost::asio;

namespace {

struct World {
  /// What the caller of the work gets: its number, or the message of what was thrown.
  template <class Work>
  std::string call(Work work) {
    std::string told;
    asio::co_spawn(loop, call_into(told, cancel, pool, std::move(work)), asio::detached);
    loop.run();
    return told;
  }

  template <class Work>
  static asio::awaitable<void> call_into(
      std::string& told, CancelSource& cancel, BlockingPool& pool, Work work) {
    try {
      const int number = co_await offload_unless(cancel, pool, std::move(work));
      told = std::to_string(number);
    } catch (const std::exception& error) {
      told = error.what();
    }
  }

  asio::io_context loop{1};
  BlockingPool pool{1};
  CancelSource cancel;
};

}  // namespace

TEST_CASE("offload: without a cancel the work gives its result, or what it throws", "[process]") {
  World world;
  CHECK(world.call([] { return 7; }) == "7");
  world.loop.restart();
  CHECK(world.call([]() -> int { throw std::runtime_error("broken"); }) == "broken");
  world.pool.join();
}

TEST_CASE("offload: what is cancelled already is not begun", "[process]") {
  World world;
  world.cancel.request("too late");
  CHECK(world.call([]() -> int { throw std::runtime_error("begun"); }) == "too late");
}

TEST_CASE("offload: nobody waits for work once it is cancelled", "[process]") {
  World world;
  std::promise<void> go_on;
  std::atomic<bool> ended = false;
  CHECK(world.call([&, wait = go_on.get_future().share()] {
    asio::post(world.loop, [&] { world.cancel.request("enough"); });
    wait.wait();
    ended = true;
    return 7;
  }) == "enough");
  CHECK_FALSE(ended);
  go_on.set_value();
  world.pool.join();
  CHECK(ended);
}
