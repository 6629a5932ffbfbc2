#include "executor/files/remove_tree.hpp"

#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/catch.hpp"

using namespace crun::executor;
namespace fs = std::filesystem;

namespace {

struct Tree {
  Tree() : root(fs::temp_directory_path() / ("crun-tree-" + std::to_string(::getpid()))) {
    fs::create_directories(root / "one" / "two");
  }
  ~Tree() { fs::remove_all(root); }

  fs::path root;
};

}  // namespace

TEST_CASE("remove tree: all of it goes, and what a link names stays", "[files]") {
  Tree kept, tree;
  const auto outside = fs::path(kept.root.string() + "-outside");
  fs::create_directories(outside);
  std::ofstream(outside / "file") << "stays";
  std::ofstream(tree.root / "one" / "file") << "goes";
  fs::create_symlink(outside, tree.root / "link");
  fs::create_symlink("nowhere", tree.root / "one" / "dangling");
  ::mkfifo((tree.root / "one" / "two" / "fifo").c_str(), 0600);
  CHECK(remove_tree(tree.root) == "");
  CHECK_FALSE(fs::exists(tree.root));
  CHECK(fs::exists(outside / "file"));

  fs::create_symlink(outside, tree.root);
  CHECK(remove_tree(tree.root) == "");
  CHECK_FALSE(fs::is_symlink(tree.root));
  CHECK(fs::exists(outside / "file"));
  CHECK(remove_tree(outside.string() + "/") == "");
  CHECK_FALSE(fs::exists(outside));
}

TEST_CASE("remove tree: what is not there is no trouble", "[files]") {
  Tree tree;
  CHECK(remove_tree(tree.root / "none") == "");
  CHECK(fs::exists(tree.root));
}

TEST_CASE("remove tree: folders without any right go too", "[files]") {
  Tree tree;
  std::ofstream(tree.root / "one" / "two" / "file") << "goes";
  fs::permissions(tree.root / "one" / "two", fs::perms::none);
  fs::permissions(tree.root / "one", fs::perms::owner_read);
  CHECK(remove_tree(tree.root) == "");
  CHECK_FALSE(fs::exists(tree.root));
}

TEST_CASE("remove tree: more levels than there may be open files", "[files]") {
  Tree tree;
  constexpr int levels = 1500;
  int folder = ::open(tree.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < levels; ++i) {
    REQUIRE(::mkdirat(folder, "deeper", 0700) == 0);
    const int next = ::openat(folder, "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(folder);
    folder = next;
    REQUIRE(folder >= 0);
  }
  ::close(folder);
  CHECK(remove_tree(tree.root) == "");
  CHECK_FALSE(fs::exists(tree.root));
}
