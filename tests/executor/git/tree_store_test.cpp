#include "executor/git/tree_store.hpp"

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

namespace fs = std::filesystem;

using crun::executor::Error;
using crun::executor::git::StoredTree;
using crun::executor::git::StoreLimits;
using crun::executor::git::TreeStore;
using crun::tests::read_text;
using crun::tests::ScratchFolder;

namespace {

struct World {
  /// A run that is there until its folder is removed.
  fs::path run(const std::string& name) const {
    fs::create_directories(folder.path() / name);
    return folder.path() / name;
  }
  fs::path root() const { return folder.path() / "trees"; }
  TreeStore store(StoreLimits limits = {}) const { return TreeStore(root(), limits); }

  ScratchFolder folder;
};

TreeStore::Fill writes(const std::string& text, std::uint64_t size = 1) {
  return [=](const StoredTree& place) {
    std::ofstream(place.files / "file") << text;
    std::ofstream(place.index) << "index";
    return size;
  };
}

TreeStore::Fill never() {
  return [](const StoredTree&) -> std::uint64_t {
    FAIL("filled again");
    return 0;
  };
}

}  // namespace

TEST_CASE("tree store: a tree is filled once", "[git]") {
  const World world;
  const auto store = world.store();
  CHECK_FALSE(store.has("one"));
  const auto first = store.use("one", world.run("a"), writes("hello"));
  CHECK(store.has("one"));
  CHECK(read_text(first.files / "file") == "hello");
  const auto again = store.use("one", world.run("b"), never());
  CHECK(again.files == first.files);
  CHECK(read_text(again.index) == "index");
  store.use("one", world.run("b"), never());
}

TEST_CASE("tree store: of many that come at once one fills, and the others wait", "[git]") {
  const World world;
  std::atomic<int> fills = 0, wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      const auto run = world.run("run" + std::to_string(i));
      threads.emplace_back([&, run] {
        const auto tree = world.store().use("one", run, [&](const StoredTree& place) {
          ++fills;
          std::this_thread::sleep_for(std::chrono::milliseconds(30));
          return writes("hello")(place);
        });
        wrong += read_text(tree.files / "file") != "hello";
      });
    }
  }
  CHECK(fills == 1);
  CHECK(wrong == 0);
}

TEST_CASE(
    "tree store: what could not be filled, or whose process was killed, is begun again", "[git]") {
  const World world;
  const auto store = world.store();
  const auto run = world.run("a");
  CHECK_THROWS_AS(
      store.use(
          "one",
          run,
          [](const StoredTree& place) -> std::uint64_t {
            std::ofstream(place.files / "half") << "x";
            throw Error("no space");
          }),
      Error);
  CHECK(fs::is_empty(world.root()));

  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    store.use("one", run, [](const StoredTree& place) -> std::uint64_t {
      std::ofstream(place.files / "half") << "x";
      ::kill(::getpid(), SIGKILL);
      return 0;
    });
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK_FALSE(store.has("one"));
  const auto tree = store.use("one", run, writes("hello"));
  CHECK_FALSE(fs::exists(tree.files / "half"));
  CHECK(read_text(tree.files / "file") == "hello");
}

TEST_CASE("tree store: what was not used for longest goes, and never what is in use", "[git]") {
  const World world;
  const auto store = world.store({.trees = 2, .bytes = 100});
  const auto gone = world.run("gone"), stays = world.run("stays");
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  store.use("one", stays, writes("1"));
  pause();
  store.use("two", gone, writes("2"));
  pause();
  store.use("three", gone, writes("3"));
  CHECK(store.has("one"));
  CHECK(store.has("two"));  // of a run that is still there
  fs::remove_all(gone);
  pause();
  store.use("four", world.run("x"), writes("4"));
  CHECK(store.has("one"));
  CHECK_FALSE(store.has("two"));
  CHECK(store.has("three"));
  fs::remove_all(stays);
  pause();
  store.use("large", world.run("y"), writes("5", 99));
  CHECK(store.has("large"));
  CHECK_FALSE(store.has("one"));
  fs::remove_all(world.folder.path() / "x");
  pause();
  store.use("larger", world.run("y"), writes("6", 200));
  CHECK(store.has("larger"));
  CHECK(store.has("large"));
  CHECK_FALSE(store.has("four"));
}

TEST_CASE("tree store: cleared of all that nobody uses", "[git]") {
  const World world;
  const auto store = world.store();
  store.use("one", world.run("a"), writes("1"));
  store.use("two", world.run("b"), writes("2"));
  fs::remove_all(world.folder.path() / "a");
  fs::create_directories(world.root() / ".filling-three/files");
  CHECK(store.clear() == 1);
  CHECK_FALSE(store.has("one"));
  CHECK(store.has("two"));
  CHECK_FALSE(fs::exists(world.root() / ".filling-three"));
  fs::remove_all(world.folder.path() / "b");
  CHECK(store.clear() == 1);
  CHECK_FALSE(fs::exists(world.root()));
}
