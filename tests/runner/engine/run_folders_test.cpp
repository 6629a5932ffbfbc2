#include "runner/engine/run_folders.hpp"

#include <unistd.h>

#include "executor/files/write.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun::runner;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

struct World {
  Paths paths() const { return {root / "state", root / "cache", root / "crun-1"}; }

  crun::tests::ScratchFolder folder;
  fs::path root = folder.path();
};

constexpr uid_t nobody = 65534;

}  // namespace

TEST_CASE("run folders: only their owner enters them, and they go with their parents", "[engine]") {
  const World world;
  const auto paths = world.paths();
  {
    const RunFolders folders(paths, "run", "/usr/bin/crun");
    for (const auto& folder : {paths.cache / "work" / "run", paths.runtime / "run"}) {
      CHECK(fs::status(folder).permissions() == fs::perms::owner_all);
    }
    CHECK(fs::read_symlink(paths.runtime / "run/bin/docker-credential-crun") == "/usr/bin/crun");
  }
  CHECK_FALSE(fs::exists(paths.runtime));
  CHECK_FALSE(fs::exists(paths.cache / "work"));
}

TEST_CASE("run folders: none are made where others may exchange them", "[engine]") {
  const World world;
  const auto paths = world.paths();
  fs::create_directory(paths.runtime);
  SECTION("because everybody may write there") {
    fs::permissions(paths.runtime, fs::perms::all);
  }
  SECTION("because the group may write there") {
    fs::permissions(paths.runtime, fs::perms::owner_all | fs::perms::group_all);
  }
  SECTION("because it is somebody else's") {
    if (::chown(paths.runtime.c_str(), nobody, nobody) != 0) {
      WARN("skipped: only root gives folders away");
      return;
    }
  }
  SECTION("because it is a link") {
    fs::rename(paths.runtime, world.root / "elsewhere");
    fs::create_symlink(world.root / "elsewhere", paths.runtime);
  }
  CHECK_THROWS_WITH(
      RunFolders(paths, "run", "/usr/bin/crun"),
      ContainsSubstring("others may write to " + paths.runtime.string()));
  CHECK_FALSE(fs::exists(paths.runtime / "run"));
  CHECK_FALSE(fs::exists(paths.cache / "work" / "run"));
}

TEST_CASE("run folders: what others may have put there is not swept", "[engine]") {
  const World world;
  const auto paths = world.paths();
  fs::create_directories(paths.runtime / "dead");
  crun::executor::write_file(paths.runtime / "dead" / ".lock", "");
  fs::permissions(paths.runtime, fs::perms::all);
  sweep_dead_runs(paths);
  CHECK(fs::exists(paths.runtime / "dead"));

  fs::permissions(paths.runtime, fs::perms::owner_all);
  sweep_dead_runs(paths);
  CHECK_FALSE(fs::exists(paths.runtime / "dead"));
}
