#include "runner/engine/project_facts.hpp"

#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using crun::executor::git::Repository;
using crun::runner::project_facts;
using crun::tests::ScratchRepository;

TEST_CASE("project facts: of a commit only what it has counts, also in a bare mirror", "[engine]") {
  const ScratchRepository scratch(
      "mkdir -p a/b; echo 1 > a/b/c; git add -A; git commit -qm one; "
      "git clone -q --bare . ../bare.git; rm -r a; mkdir later; echo 2 > later/d");
  for (const auto& folder : {scratch.path(), scratch.beside("bare.git")}) {
    INFO(folder.string());
    const auto repository = Repository::open(folder);
    const auto facts = project_facts(repository, scratch.id("HEAD"));
    CHECK(facts.is_directory("a/b"));
    CHECK_FALSE(facts.is_directory("later"));
    CHECK_FALSE(facts.is_directory("objects"));
    CHECK(facts.read_file("a/b/c"));
    CHECK_FALSE(facts.read_file("later/d"));
  }
}

TEST_CASE("project facts: without a commit the working tree counts", "[engine]") {
  const ScratchRepository scratch(
      "mkdir a; echo 1 > a/b; git add -A; git commit -qm one; rm -r a; mkdir later; echo 2 > "
      "later/d");
  const auto repository = Repository::open(scratch.path());
  const auto facts = project_facts(repository, "");
  CHECK_FALSE(facts.is_directory("a"));
  CHECK(facts.is_directory("later"));
  CHECK(facts.read_file("later/d"));
}
