#include "executor/git/repository.hpp"

#include <unistd.h>

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

namespace fs = std::filesystem;

using crun::executor::Error;
using crun::executor::git::Repository;
using crun::tests::listing;
using crun::tests::ScratchFolder;
using crun::tests::ScratchRepository;
using crun::tests::shell;

namespace {

using Names = std::vector<std::string>;

constexpr const char* two_branches =
    "echo 1 > a; git add -A; git commit -qm one; git tag light; git tag -am note v1; "
    "git checkout -qb dev; echo 2 > b; git add -A; git commit -qm two; git checkout -q main";

}  // namespace

TEST_CASE("repository: it is found from a folder below its root", "[git]") {
  const ScratchRepository scratch(
      "mkdir -p deep/down; touch deep/down/x; git add -A; git commit -qm x");
  const auto repository = Repository::open(scratch.path() / "deep" / "down");
  CHECK(repository.root() == scratch.path());
  CHECK(repository.git_folder() == scratch.path() / ".git");
  CHECK(repository.head().ref == "refs/heads/main");
  CHECK(repository.head().commit == scratch.id());
}

TEST_CASE("repository: a folder in none is an error with a cure", "[git]") {
  const ScratchFolder folder;
  CHECK_FALSE(Repository::try_open(folder.path()));
  try {
    Repository::open(folder.path());
    FAIL("opened");
  } catch (const Error& error) {
    CHECK(error.what() == folder.path().string() + " is in no git repository");
    CHECK(error.cure().find("git init") != std::string::npos);
  }
}

TEST_CASE("repository: worktrees and bare repositories are opened", "[git]") {
  const ScratchRepository scratch(two_branches);
  scratch.run("git worktree add -q ../tree dev; git clone -q --bare . ../bare.git");
  const auto tree = Repository::open(scratch.beside("tree"));
  CHECK(tree.root() == scratch.beside("tree"));
  CHECK(tree.git_folder() == scratch.path() / ".git");
  CHECK(tree.head().ref == "refs/heads/dev");
  const auto bare = Repository::open(scratch.beside("bare.git"));
  CHECK(bare.root() == scratch.beside("bare.git"));
  CHECK(bare.head().commit == scratch.id("main"));
  CHECK(bare.dirty_paths().empty());
}

TEST_CASE("repository: a repository without commits has a branch and no commit", "[git]") {
  const ScratchRepository scratch("true");
  const auto repository = Repository::open(scratch.path());
  CHECK(repository.head().ref == "refs/heads/main");
  CHECK(repository.head().commit.empty());
  CHECK_FALSE(repository.resolve("HEAD"));
}

TEST_CASE("repository: names become full refs and commits", "[git]") {
  const ScratchRepository scratch(two_branches);
  scratch.run("git tag both main; git branch both dev; git update-ref refs/remotes/origin/far dev");
  const auto repository = Repository::open(scratch.path());
  const auto ref_of = [&](const char* name) {
    const auto found = repository.resolve(name);
    return found ? found->ref : "none";
  };
  CHECK(ref_of("main") == "refs/heads/main");
  CHECK(ref_of("light") == "refs/tags/light");
  CHECK(ref_of("refs/tags/v1") == "refs/tags/v1");
  CHECK(ref_of("tags/v1") == "refs/tags/v1");
  CHECK(ref_of("both") == "refs/heads/both");  // a branch before a tag
  CHECK(ref_of("HEAD") == "refs/heads/main");
  CHECK(ref_of("far") == "refs/heads/far");  // only origin has it
  CHECK(ref_of("refs/heads/far") == "refs/heads/far");
  CHECK(ref_of("nope") == "none");
  CHECK(ref_of("refs/heads/light") == "none");
  CHECK(ref_of("") == "none");
  CHECK(repository.resolve("v1")->commit == scratch.id("main"));  // not the tag object
  const auto abbreviated = repository.resolve(scratch.id("dev").substr(0, 8));
  REQUIRE(abbreviated);
  CHECK(abbreviated->ref.empty());
  CHECK(abbreviated->commit == scratch.id("dev"));
}

TEST_CASE("repository: tags, branches, origin and the default branch", "[git]") {
  const ScratchRepository scratch(two_branches);
  const auto repository = Repository::open(scratch.path());
  CHECK(repository.tags() == Names{"light", "v1"});
  CHECK(repository.branches() == Names{"dev", "main"});
  CHECK_FALSE(repository.remote_url());
  CHECK(repository.default_branch() == "main");
  scratch.run(
      "git remote add origin https://example.com/a/b.git; git update-ref refs/remotes/origin/dev "
      "dev; git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/dev");
  CHECK(repository.remote_url() == "https://example.com/a/b.git");
  CHECK(repository.default_branch() == "dev");
}

TEST_CASE("repository: facts of a commit", "[git]") {
  const ScratchRepository scratch(two_branches);
  const auto repository = Repository::open(scratch.path());
  const auto facts = repository.commit(scratch.id("dev"));
  REQUIRE(facts);
  CHECK(facts->message == "two");
  CHECK(facts->author_name == "Ada");
  CHECK(facts->committer_email == "ada@example.com");
  CHECK(facts->timestamp == "2026-01-02T10:00:00Z");
  CHECK(facts->parents == Names{scratch.id("main")});
  CHECK_FALSE(repository.commit("0000000000000000000000000000000000000000"));
}

TEST_CASE("repository: a renamed file counts under both names", "[git]") {
  const ScratchRepository scratch("seq 100 > old; touch kept; git add -A; git commit -qm one");
  scratch.run("git mv old new; echo x > kept; git commit -qam two");
  const auto repository = Repository::open(scratch.path());
  CHECK(
      repository.changed_paths(scratch.id("HEAD~1"), scratch.id()) == Names{"kept", "new", "old"});
  CHECK(repository.changed_paths("", scratch.id("HEAD~1")) == Names{"kept", "old"});
  CHECK_THROWS_AS(
      repository.changed_paths("1111111111111111111111111111111111111111", "HEAD"), Error);
}

TEST_CASE("repository: the working tree's changes, without what is ignored", "[git]") {
  const ScratchRepository scratch(
      "mkdir d; echo 1 > a; echo 1 > gone; echo 1 > d/b; echo '*.log' > .gitignore; git add -A; "
      "git commit -qm one");
  scratch.run(
      "echo 2 > a; rm gone; mkdir -p n/m; echo 3 > n/m/new; echo 4 > x.log; "
      "echo 5 > staged; git add staged; echo secret > private; echo private >> .git/info/exclude");
  const auto repository = Repository::open(scratch.path());
  CHECK(repository.dirty_paths() == Names{"a", "gone", "n/m/new", "staged"});
}

TEST_CASE("repository: ancestors and merge bases", "[git]") {
  const ScratchRepository scratch(two_branches);
  scratch.run("echo 3 > c; git add -A; git commit -qm three");
  const auto repository = Repository::open(scratch.path());
  CHECK(repository.is_ancestor("main~1", "dev"));
  CHECK_FALSE(repository.is_ancestor("main", "dev"));
  CHECK(repository.merge_base("main", "dev") == scratch.id("main~1"));
}

TEST_CASE("repository: files and folders of a commit", "[git]") {
  const ScratchRepository scratch(
      "mkdir -p d/e; printf 'one\\ntwo' > d/f; touch d/e/g; git add -A; git commit -qm x");
  scratch.run("rm d/f");
  const auto repository = Repository::open(scratch.path());
  CHECK(repository.read_file("HEAD", "d/f") == "one\ntwo");
  CHECK_FALSE(repository.read_file("HEAD", "d/none"));
  CHECK_FALSE(repository.read_file("HEAD", "d"));
  CHECK(repository.list_folder("HEAD", "d") == Names{"f"});
  CHECK(repository.list_folder("HEAD", "none").empty());
  for (const char* folder : {"", ".", "./d", "d/", "d"})
    CHECK(repository.has_folder("HEAD", folder));
  for (const char* none : {"none", "d/f", "d/f/", "none/d", ".."}) {
    CHECK_FALSE(repository.has_folder("HEAD", none));
  }
}

TEST_CASE("repository: reading leaves every file as it was", "[git]") {
  const ScratchRepository scratch(two_branches);
  scratch.run(
      "sleep 0.01; touch a; echo new > untracked");  // a stale index entry invites a refresh
  const auto before = listing(scratch.path());
  const auto repository = Repository::open(scratch.path());
  CHECK(repository.dirty_paths() == Names{"untracked"});
  repository.changed_paths("", "dev");
  repository.resolve("dev");
  CHECK(listing(scratch.path()) == before);
}

TEST_CASE("repository: a shallow one says so", "[git]") {
  const ScratchRepository scratch(two_branches);
  scratch.run("git clone -q --depth 1 --branch dev file://$PWD ../shallow");
  CHECK(Repository::open(scratch.beside("shallow")).is_shallow());
  CHECK_FALSE(Repository::open(scratch.path()).is_shallow());
}

TEST_CASE("repository: history between two commits, newest first", "[git]") {
  const ScratchRepository scratch;
  for (const char* name : {"a", "b", "c"}) {
    scratch.write(name, name);
    scratch.commit(name);
  }
  const auto repository = Repository::open(scratch.path());
  const auto messages = [&](const std::string& from, std::size_t limit) {
    Names found;
    for (const auto& commit : repository.history(from, "HEAD", limit))
      found.push_back(commit.message);
    return found;
  };
  CHECK(messages("HEAD~2", 10) == Names{"c", "b"});
  CHECK(messages("HEAD~1", 10) == Names{"c"});
  CHECK(messages("HEAD", 10).empty());
  CHECK(messages("HEAD~1", 0).empty());
  CHECK(messages("", 10) == Names{"c", "b", "a", "start"});
  CHECK(messages("", 1) == Names{"c"});

  SECTION("of a merge both sides") {
    scratch.run("git checkout -q -b side HEAD~1");
    scratch.write("d", "d");
    scratch.commit("d");
    scratch.run("git merge -q --no-edit -m merge main");
    CHECK(messages("HEAD~1", 10) == Names{"merge", "c"});
  }
}

TEST_CASE("repository: one that belongs to another user is read all the same", "[git]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a folder away");
    return;
  }
  const ScratchRepository scratch;
  scratch.run("chown -R 12345 .");
  CHECK(Repository::open(scratch.path()).head().ref == "refs/heads/main");
}
