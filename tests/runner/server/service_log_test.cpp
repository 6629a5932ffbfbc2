#include "runner/server/service_log.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "executor/process/fd.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using crun::runner::notify_supervisor;

TEST_CASE("service log: the supervisor is told over its socket, if there is one", "[server]") {
  ::unsetenv("NOTIFY_SOCKET");
  notify_supervisor("READY=1");  // nobody is there

  const crun::tests::ScratchFolder folder;
  const auto path = (folder.path() / "notify").string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  const crun::executor::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  notify_supervisor("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
  std::array<char, 64> told{};
  const auto size = ::recv(socket.get(), told.data(), told.size(), 0);
  REQUIRE(size > 0);
  CHECK(std::string(told.data(), static_cast<std::size_t>(size)) == "READY=1");
}

TEST_CASE("service log: an entry is one line that no terminal obeys", "[server]") {
  const crun::tests::ScratchFolder folder;
  const auto path = folder.path() / "log";
  std::fflush(stderr);
  const crun::executor::Fd before(::dup(STDERR_FILENO));
  REQUIRE(std::freopen(path.c_str(), "w", stderr) != nullptr);
  crun::runner::service_log(crun::runner::LogLevel::info, "workflow=\x1b]0;X\x07.yml\nstarted");
  std::fflush(stderr);
  ::dup2(before.get(), STDERR_FILENO);
  const auto told = crun::tests::read_text(path);
  CHECK(told.ends_with("workflow= ]0;X .yml started\n"));
}
