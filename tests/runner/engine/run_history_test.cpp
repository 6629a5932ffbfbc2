#include "runner/engine/run_history.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "executor/files/write.hpp"
#include "runner/engine/journal.hpp"
#include "runner/engine/run_folders.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun::runner;
namespace fs = std::filesystem;

namespace {

struct World {
  /// The id of a run on that second, with a journal of so many bytes.
  std::string add(int second, std::size_t bytes = 10) const {
    auto id = "20261122-1200" + std::to_string(10 + second) + "-00ff00";
    fs::create_directories(run_folder(paths.state, id));
    crun::executor::write_file(run_folder(paths.state, id) / journal_name, std::string(bytes, 'x'));
    return id;
  }
  bool has(const std::string& id) const { return fs::exists(run_folder(paths.state, id)); }

  crun::tests::ScratchFolder folder;
  Paths paths{folder.path() / "state", folder.path() / "cache", folder.path() / "runtime"};
};

}  // namespace

TEST_CASE("run history: the oldest journals go, the last ones stay", "[engine]") {
  const World world;
  const auto first = world.add(1), second = world.add(2), third = world.add(3);
  trim_history(world.paths, {.runs = 2});
  CHECK_FALSE(world.has(first));
  CHECK(world.has(second));
  CHECK(world.has(third));
}

TEST_CASE("run history: large journals go sooner, the newest never", "[engine]") {
  const World world;
  const auto first = world.add(1, 60), second = world.add(2, 60);
  SECTION("with it they are too large") {
    const auto third = world.add(3, 60);
    trim_history(world.paths, {.bytes = 120});
    CHECK_FALSE(world.has(first));
    CHECK(world.has(second));
    CHECK(world.has(third));
  }
  SECTION("it is too large itself") {
    const auto third = world.add(3, 200);
    trim_history(world.paths, {.bytes = 120});
    CHECK_FALSE(world.has(first));
    CHECK_FALSE(world.has(second));
    CHECK(world.has(third));
  }
}

TEST_CASE("run history: what is no ended run of this kind is left alone", "[engine]") {
  const World world;
  const auto living = world.add(1), newest = world.add(2);
  fs::create_directories(work_folder(world.paths, living));
  for (const auto* name : {"17", "20261122-120000-00ff0", "20261122-120000-00FF00", "notes"}) {
    fs::create_directories(run_folder(world.paths.state, name));
  }
  trim_history(world.paths, {.runs = 1});
  CHECK(world.has(living));
  CHECK(world.has(newest));
  for (const auto* name : {"17", "20261122-120000-00ff0", "20261122-120000-00FF00", "notes"}) {
    CHECK(world.has(name));
  }
}

TEST_CASE("run history: an id is recognized", "[engine]") {
  CHECK(is_run_id(new_run_id()));
  CHECK_FALSE(is_run_id(new_run_id() + "0"));
  CHECK_FALSE(is_run_id("20261122x120000-00ff00"));
  CHECK_FALSE(is_run_id(""));
}
