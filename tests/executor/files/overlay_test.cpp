#include "executor/files/overlay.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executor/files/remove_tree.hpp"
#include "tests/catch.hpp"
#include "tests/executor/mounts.hpp"

using namespace crun::executor;
using namespace crun::tests;
namespace fs = std::filesystem;

namespace {

struct Place {
  Place() {
    fs::create_directories(lower / "folder");
    fs::create_directories(target);
    std::ofstream(lower / "folder/file") << "below";
  }

  ScratchFolder folder;
  fs::path lower = folder.path() / "lower", target = folder.path() / "target";
};

}  // namespace

TEST_CASE("overlay: what is below is seen and never changed", "[files]") {
  if (!can_lay_over()) {
    WARN("skipped: nothing can be mounted here");
    return;
  }
  const Place place;
  fs::permissions(place.target, fs::perms(0775));
  const auto before = listing(place.lower);
  REQUIRE(lay_over(place.lower, place.target));
  CHECK(shell(place.target, "ls -A").out == "folder");
  CHECK(fs::status(place.target).permissions() == fs::perms(0775));
  shell(place.target, "echo new > folder/file; mv folder other; rm other/file; echo x > more");
  CHECK(shell(place.target, "ls -AR").out == ".:\nmore\nother\n\n./other:");
  CHECK(listing(place.lower) == before);

  REQUIRE(take_off(place.target));
  CHECK(fs::is_empty(place.target));
  CHECK_FALSE(take_off(place.target));
  REQUIRE(lay_over(place.lower, place.target));
  CHECK(read_text(place.target / "folder/file") == "below");
  CHECK(remove_tree(place.folder.path()) == "");
}

TEST_CASE("overlay: not taken off while something works in there", "[files]") {
  if (!can_lay_over()) return;
  const Place place;
  REQUIRE(lay_over(place.lower, place.target));
  const std::ifstream open(place.target / "folder/file");
  CHECK_FALSE(take_off(place.target));
  CHECK(fs::exists(place.target / "folder/file"));
  CHECK(mounts_below(place.folder.path()) == place.target.string() + "\n");
}

TEST_CASE("overlay: where it cannot be, the place stays as it was", "[files]") {
  const Place place;
  CHECK_FALSE(lay_over(place.folder.path() / "nothing", place.target));
  CHECK(fs::is_empty(place.target));
  const auto odd = place.folder.path() / "a,b";
  fs::create_directory(odd);
  CHECK_FALSE(lay_over(place.lower, odd));
  CHECK(fs::is_empty(odd));
  if (!can_lay_over()) return;
  // An overlay cannot be the upper layer of another one.
  REQUIRE(lay_over(place.lower, place.target));
  fs::create_directory(place.target / "inner");
  CHECK_FALSE(lay_over(place.lower, place.target / "inner"));
  CHECK(fs::is_empty(place.target / "inner"));
}

TEST_CASE("remove tree: goes into nothing that is mounted", "[files]") {
  if (!can_lay_over()) return;
  const Place place;
  const auto tree = place.folder.path() / "tree";
  fs::create_directories(tree / "a/b/target");
  fs::create_directories(tree / "bound");
  const auto before = listing(place.lower);
  REQUIRE(lay_over(place.lower, tree / "a/b/target"));
  // On the same file system, and twice at one place.
  for (int i = 0; i < 2; ++i) {
    REQUIRE(::mount(place.lower.c_str(), (tree / "bound").c_str(), nullptr, MS_BIND, nullptr) == 0);
  }
  const std::ifstream open(tree / "a/b/target/folder/file");  // in use: it goes all the same
  CHECK(remove_tree(tree) == "");
  CHECK_FALSE(fs::exists(tree));
  CHECK(listing(place.lower) == before);
  CHECK(mounts_below(place.folder.path()) == "");
}

TEST_CASE("remove tree: a folder whose mounts are shared goes with them", "[files]") {
  if (!can_lay_over()) return;
  const Place place;
  const auto tree = place.folder.path() / "tree";
  fs::create_directories(tree / "target");
  REQUIRE(share_mounts(tree));
  REQUIRE(lay_over(place.lower, tree / "target"));
  CHECK(remove_tree(tree) == "");
  CHECK_FALSE(fs::exists(tree));
  CHECK(fs::exists(place.lower / "folder/file"));
  CHECK(mounts_below(place.folder.path()) == "");
}
