#include "executor/process/exit_status.hpp"

#include <csignal>

#include "tests/catch.hpp"

using crun::executor::ExitStatus;

TEST_CASE("exit status: exit 15 and signal 15 are two things", "[process]") {
  auto exited = ExitStatus::from_wait(15 << 8);
  auto killed = ExitStatus::from_wait(SIGTERM);
  CHECK(exited.code() == 15);
  CHECK_FALSE(exited.signalled());
  CHECK(exited.text() == "exit code 15");
  CHECK(killed.signalled());
  CHECK(killed.code() == 143);
  CHECK(killed.text() == "killed by signal 15 (TERM)");
  CHECK_FALSE(killed.success());
  CHECK(ExitStatus::from_wait(0).success());
}
