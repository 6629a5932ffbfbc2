#include "executor/git/mirror.hpp"

#include <cstdlib>

#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using crun::executor::git::Mirror;
using crun::tests::ScratchRepository;
using crun::tests::shell;
namespace fs = std::filesystem;

namespace {

int packs_in(const fs::path& mirror) {
  int packs = 0;
  for (const auto& entry : fs::directory_iterator(mirror / "objects/pack")) {
    packs += entry.path().extension() == ".pack";
  }
  return packs;
}

/// After so many fetches of one new commit each.
Mirror fetched(const ScratchRepository& origin, int times) {
  Mirror mirror(origin.beside("mirror.git"), origin.path().string());
  mirror.open();
  for (int i = 0; i < times; ++i) {
    origin.run("git commit -q --allow-empty -m " + std::to_string(i));
    mirror.fetch();
  }
  return mirror;
}

}  // namespace

TEST_CASE("mirror: many small packs become few, and no object is lost", "[git]") {
  const ScratchRepository origin;
  const auto mirror = fetched(origin, 30);
  // Nobody reaches these any more; a run that was queued for one of them may still want it.
  const auto dropped = shell(origin.path(), "git rev-parse HEAD").out;
  origin.run("git reset -q --hard HEAD~20");
  const auto again = fetched(origin, 30);
  REQUIRE(packs_in(mirror.folder()) > 50);
  again.tidy();
  CHECK(packs_in(mirror.folder()) < 10);
  const auto all = shell(mirror.folder(), "git rev-list --count " + dropped + "; git fsck 2>&1");
  CHECK(all.code == 0);
  CHECK(all.out.substr(0, 2) == "31");
}

TEST_CASE("mirror: a few packs are left as they are", "[git]") {
  const ScratchRepository origin;
  const auto mirror = fetched(origin, 5);
  const int before = packs_in(mirror.folder());
  mirror.tidy();
  CHECK(packs_in(mirror.folder()) == before);
}
