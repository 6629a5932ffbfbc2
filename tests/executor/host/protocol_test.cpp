#include "executor/host/agent/protocol.hpp"

#include <csignal>
#include <random>
#include <string>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "executor/host/agent_image.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
using namespace crun::executor::agent;

namespace {

/// Feeds the agent itself with bytes and tells whether it ended when they did.
bool agent_survives(std::string_view bytes) {
  auto [ours, theirs] = make_socket_pair();
  Fd null = open_null(), image = agent_in_memory();
  SpawnPlan plan;
  plan.program = "/proc/self/fd/3";
  plan.extra = image.get();
  plan.argv = {"crun-agent"};
  plan.in = plan.out = theirs.get();
  plan.err = null.get();
  pid_t pid = 0;
  if (spawn(plan, pid) != 0) return false;
  theirs.reset();
  ::send(ours.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(ours.get(), SHUT_WR);
  int status = 0;
  for (int i = 0; i < 500; ++i) {
    if (::waitpid(pid, &status, WNOHANG) == pid) return WIFEXITED(status);
    ::usleep(10'000);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, &status, 0);
  return false;
}

}  // namespace

TEST_CASE("protocol: frames come out as they went in, however the bytes are cut", "[host]") {
  Bytes stream;
  for (std::uint32_t i = 0; i < 50; ++i) {
    FrameWriter frame(stream, FrameType::output, i);
    frame.u8(1);
    frame.u64(i * 1'000'000'007ull);
    frame.text(std::string(i * 7, 'x'));
    frame.rest("rest");
  }
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    FrameBuffer buffer;
    std::uint32_t expected = 0;
    for (std::size_t at = 0; at < stream.size();) {
      std::size_t size = std::min<std::size_t>(1 + random() % 40, stream.size() - at);
      std::copy_n(stream.data() + at, size, buffer.room(size));
      buffer.added(size);
      at += size;
      std::string_view text;
      while (buffer.next(text) == FrameBuffer::Next::frame) {
        FrameReader frame(text);
        REQUIRE(frame.step() == expected);
        REQUIRE(frame.u8() == 1);
        REQUIRE(frame.u64() == expected * 1'000'000'007ull);
        REQUIRE(frame.text() == std::string(expected * 7, 'x'));
        REQUIRE(frame.rest() == "rest");
        REQUIRE_FALSE(frame.broken());
        ++expected;
      }
    }
    REQUIRE(expected == 50);
  }
}

TEST_CASE("protocol: a frame that is too short is broken, not read beyond", "[host]") {
  Bytes stream;
  {
    FrameWriter frame(stream, FrameType::spawn, 1);
    frame.u32(1'000'000);
  }
  FrameReader frame(std::string_view(stream.data() + 4, stream.size() - 4));
  CHECK(frame.text().empty());
  CHECK(frame.broken());
  CHECK(frame.u64() == 0);
}

TEST_CASE("protocol: a size beyond the limit is refused before memory is taken", "[host]") {
  FrameBuffer buffer;
  std::copy_n("\xff\xff\xff\xff", 4, buffer.room(4));
  buffer.added(4);
  std::string_view text;
  CHECK(buffer.next(text) == FrameBuffer::Next::too_large);
}

TEST_CASE("agent: nonsense on its channel ends it in order", "[host]") {
  CHECK(agent_survives(""));
  CHECK(agent_survives("\xff\xff\xff\xff garbage"));
  CHECK(agent_survives(std::string("\x03\0\0\0abc", 7)));  // shorter than a head
  std::mt19937 random(5);
  for (int round = 0; round < 30; ++round) {
    Bytes stream;
    for (int i = 0; i < 20; ++i) {
      FrameWriter frame(stream, static_cast<FrameType>(1 + random() % 5), random() % 3);
      for (std::size_t bytes = random() % 40; bytes > 0; --bytes) frame.u8(random() % 4);
    }
    CHECK(agent_survives({stream.data(), stream.size()}));
  }
}
