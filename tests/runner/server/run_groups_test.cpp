#include "runner/server/run_groups.hpp"

#include <fstream>

#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using crun::runner::group_folder;
using crun::runner::RunGroups;
namespace fs = std::filesystem;

TEST_CASE("run groups: a process's group is found below the mount of cgroup v2", "[server]") {
  const auto pure = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
  const auto hybrid =
      "30 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
      "31 24 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  const auto group = "0::/system.slice/crun.service\n";
  CHECK(group_folder(group, pure) == "/sys/fs/cgroup/system.slice/crun.service");
  CHECK(
      group_folder(std::string("9:cpu:/x\n") + group, hybrid) ==
      "/sys/fs/cgroup/unified/system.slice/crun.service");
  CHECK_FALSE(group_folder("0::/\n", pure));
  CHECK_FALSE(group_folder("9:cpu:/x\n", pure));
  CHECK_FALSE(group_folder(group, ""));
}

TEST_CASE("run groups: a run gets a group, and an empty group goes", "[server]") {
  const crun::tests::ScratchFolder parent;
  const RunGroups groups(parent.path());
  groups.enter("7", 4711);
  int process = 0;
  std::ifstream(parent.path() / "run-7/cgroup.procs") >> process;
  CHECK(process == 4711);
  fs::create_directories(parent.path() / "run-6");
  fs::create_directories(parent.path() / "of-somebody-else");
  groups.end("7");
  CHECK(fs::exists(parent.path() / "run-7/cgroup.kill"));
  CHECK_FALSE(fs::exists(parent.path() / "run-6"));
  CHECK(fs::exists(parent.path() / "of-somebody-else"));
}

TEST_CASE("run groups: where none may be made nothing happens", "[server]") {
  const RunGroups groups{fs::path()};
  groups.enter("7", 4711);
  groups.end("7");
  SUCCEED();
}
