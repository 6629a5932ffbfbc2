#include "executor/git/snapshot.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include <sys/stat.h>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/git/repository.hpp"
#include "tests/catch.hpp"
#include "tests/executor/mounts.hpp"
#include "tests/scratch_repository.hpp"

namespace fs = std::filesystem;

using crun::executor::Error;
using crun::executor::git::Snapshot;
using crun::executor::git::SnapshotRequest;
using crun::executor::git::take_snapshot;
using crun::tests::can_lay_over;
using crun::tests::listing;
using crun::tests::read_text;
using crun::tests::ScratchRepository;
using crun::tests::shell;

namespace {

/// A snapshot beside the repository: "HEAD" is what is checked out unless told otherwise.
struct Taken {
  fs::path path;
  Snapshot snapshot;

  std::string git(const std::string& arguments) const {
    const auto result = shell(path, "git " + arguments + " 2>&1");
    return result.code == 0 ? result.out
                            : "exit " + std::to_string(result.code) + ": " + result.out;
  }
  std::string text(const std::string& name) const { return read_text(path / name); }
};

/// Puts the tree of a request into its store, out of a clone where nothing has changed.
void store_tree(const ScratchRepository& scratch, SnapshotRequest request, int number) {
  const auto clone = scratch.beside("clone-" + std::to_string(number));
  scratch.run(
      "git clone -q --no-hardlinks --no-checkout '" + request.repository.string() + "' '" +
      clone.string() + "'; cd '" + clone.string() + "'; git fetch -q origin " + request.commit +
      "; git checkout -q --detach " + request.commit);
  request.repository = clone;
  request.target = scratch.beside("of-" + clone.filename().string());
  REQUIRE(take_snapshot(request).laid);
}

/// What each test finds is the same of a workspace that is copied, and one that is laid over a
/// stored tree: root runs them twice.
Taken take(
    const ScratchRepository& scratch,
    const std::string& ref = "refs/heads/main",
    bool working_tree = false,
    const std::function<void(SnapshotRequest&)>& change = {}) {
  static int number = 0;
  const bool laid = can_lay_over() && GENERATE(false, true);
  SnapshotRequest request;
  request.repository = scratch.path();
  request.target = scratch.beside("snapshot-" + std::to_string(++number));
  request.ref = ref;
  request.commit = scratch.id(ref);
  request.working_tree = working_tree;
  if (change) change(request);
  if (laid) {
    request.trees = scratch.beside("trees");
    request.run = scratch.beside("run");
    fs::create_directories(request.run);
    if (working_tree && !request.recurse_submodules) store_tree(scratch, request, number);
  }
  Taken taken{request.target, {}};
  taken.snapshot = take_snapshot(request);
  CHECK(taken.snapshot.laid == (laid && !request.recurse_submodules));
  return taken;
}

constexpr const char* history =
    "mkdir -p services/go; echo 1 > services/go/app; printf '#!/bin/sh\\n' > tool; chmod +x tool; "
    "ln -s services/go/app link; echo '*.log' > .gitignore; git add -A; git commit -qm one; "
    "git tag services/go@1.0.9; git tag -am note v2; "
    "echo 2 > services/go/app; git commit -qam two; "
    "git checkout -qb dev; echo 3 > only-dev; git add -A; git commit -qm three; "
    "git checkout -q main";

}  // namespace

TEST_CASE("snapshot: a commit with its history, branches and tags", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run("git remote add origin https://me:token@example.com/a/b.git");
  scratch.run("echo dirty > services/go/app; echo new > untracked");
  const auto before = listing(scratch.path());
  const auto taken = take(scratch);
  CHECK(taken.git("status --porcelain") == "");
  CHECK(taken.git("status -sb") == "## main...origin/main");
  CHECK(taken.git("log --format=%s") == "two\none");
  CHECK(
      taken.git("describe --tags --match 'services/go@*'") ==
      "services/go@1.0.9-1-g" + scratch.git("rev-parse --short HEAD"));
  CHECK(taken.git("describe") == "v2-1-g" + scratch.git("rev-parse --short HEAD"));
  CHECK(taken.git("cat-file -t v2") == "tag");
  CHECK(taken.git("branch -r") == "  origin/dev\n  origin/main");
  CHECK(taken.git("remote get-url origin") == "https://example.com/a/b.git");
  CHECK(taken.git("fsck --connectivity-only") == "");
  CHECK(taken.text("services/go/app") == "2\n");
  CHECK_FALSE(fs::exists(taken.path / "untracked"));
  CHECK(fs::read_symlink(taken.path / "link") == "services/go/app");
  CHECK((fs::status(taken.path / "tool").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK_FALSE(taken.snapshot.shallow);
  CHECK(listing(scratch.path()) == before);
}

TEST_CASE("snapshot: a tag and a pull request are detached, like a bare commit", "[git]") {
  const ScratchRepository scratch(history);
  const auto tag = take(scratch, "refs/tags/services/go@1.0.9");
  CHECK(tag.git("status -sb") == "## HEAD (no branch)");
  CHECK(tag.git("describe --tags --match 'services/go@*'") == "services/go@1.0.9");
  CHECK(tag.text("services/go/app") == "1\n");
  const auto annotated = take(scratch, "refs/tags/v2");
  CHECK(annotated.git("describe") == "v2");
  const auto pull = take(
      scratch, "refs/heads/dev", false, [](auto& request) { request.ref = "refs/pull/7/merge"; });
  CHECK(pull.git("status -sb") == "## HEAD (no branch)");
  CHECK(pull.git("rev-parse refs/remotes/pull/7/merge") == scratch.id("dev"));
  const auto commit = take(scratch, "HEAD~1", false, [](auto& request) { request.ref.clear(); });
  CHECK(commit.git("log --format=%s") == "one");
}

TEST_CASE("snapshot: another branch can be made, committed to and merged", "[git]") {
  const ScratchRepository scratch(history);
  const auto taken = take(scratch, "refs/heads/dev");
  // Without times: git renews the time of an object that it would have written again.
  const std::string content = "find . -type f -exec sha1sum {} + | sort";
  const auto before = scratch.run(content);
  CHECK(taken.git("checkout -q -b topic origin/main") == "");
  CHECK(taken.git("-c user.name=a -c user.email=b merge -q --no-ff -m merged dev") == "");
  CHECK(fs::exists(taken.path / "only-dev"));
  CHECK(taken.git("gc --quiet") == "");
  CHECK(scratch.run(content) == before);
}

TEST_CASE("snapshot: the working tree as it is, equally dirty", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run(
      "echo changed > services/go/app; rm link; echo staged > staged; git add staged; "
      "echo more >> staged; mkdir -p new/deep; echo u > new/deep/file; echo x > ignored.log; "
      "chmod -x tool; echo hidden > private; echo private >> .git/info/exclude; "
      "mkdir bin; printf x > bin/run; chmod 755 bin/run; ln -s run bin/also");
  const auto status = scratch.git("status --porcelain -uall");
  const auto before = listing(scratch.path());
  const auto taken = take(scratch, "refs/heads/main", true);
  CHECK(listing(scratch.path()) == before);
  CHECK(taken.git("status --porcelain -uall") == status);
  CHECK(taken.git("diff") == scratch.git("diff"));
  CHECK(taken.git("diff --cached") == scratch.git("diff --cached"));
  CHECK(taken.text("services/go/app") == "changed\n");
  CHECK(taken.text("staged") == "staged\nmore\n");
  CHECK(taken.text("new/deep/file") == "u\n");
  CHECK_FALSE(fs::exists(taken.path / "ignored.log"));
  CHECK_FALSE(fs::exists(taken.path / "private"));
  CHECK_FALSE(fs::exists(fs::symlink_status(taken.path / "link")));
  CHECK(
      (fs::status(taken.path / "bin/run").permissions() & fs::perms::owner_exec) !=
      fs::perms::none);
  CHECK(fs::read_symlink(taken.path / "bin/also") == "run");
  CHECK(taken.snapshot.changed == 4);
  CHECK(taken.snapshot.untracked == 3);
}

TEST_CASE("snapshot: files are copies of their own", "[git]") {
  const ScratchRepository scratch(history);
  const auto taken = take(scratch, "refs/heads/main", true);
  struct stat ours {
  }, theirs{};
  REQUIRE(::stat((taken.path / "tool").c_str(), &ours) == 0);
  REQUIRE(::stat((scratch.path() / "tool").c_str(), &theirs) == 0);
  CHECK(ours.st_ino != theirs.st_ino);
  CHECK(ours.st_nlink == 1);
  shell(taken.path, "echo broken > tool; rm -rf services");
  CHECK(scratch.git("status --porcelain") == "");
}

TEST_CASE("snapshot: folders that became links, and files that became folders", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run("rm -r services; ln -s /etc services; rm tool; mkdir tool; echo t > tool/inside");
  const auto taken = take(scratch, "refs/heads/main", true);
  CHECK(fs::read_symlink(taken.path / "services") == "/etc");
  CHECK(taken.text("tool/inside") == "t\n");
  CHECK(taken.git("status --porcelain -uall") == scratch.git("status --porcelain -uall"));
}

TEST_CASE("snapshot: a merge in progress is copied with its conflicts in the files", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run(
      "git checkout -qb other HEAD~1; echo o > services/go/app; git commit -qam o; "
      "git checkout -q main; git merge other > merge.log || true; rm merge.log");
  const auto taken = take(scratch, "refs/heads/main", true);
  CHECK(taken.text("services/go/app").find("<<<<<<<") == 0);
  CHECK(taken.git("status --porcelain") == " M services/go/app");
}

TEST_CASE("snapshot: names with spaces, quotes and other bytes", "[git]") {
  const ScratchRepository scratch(
      "mkdir 'a b'; echo 1 > 'a b/c\"d'; echo 2 > $'tab\\tname'; echo 3 > 'ünï'; git add -A; git "
      "commit -qm x");
  scratch.run("git checkout -qb 'odd\"name#1'; echo 4 > 'ünï'");
  const auto taken = take(scratch, "refs/heads/odd\"name#1", true);
  CHECK(taken.git("status --porcelain") == scratch.git("status --porcelain"));
  CHECK(taken.git("rev-parse --abbrev-ref '@{upstream}'") == "origin/odd\"name#1");
  CHECK(taken.text("a b/c\"d") == "1\n");
}

TEST_CASE("snapshot: from a worktree, and from a repository that borrows itself", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run(
      "git worktree add -q ../tree dev; git clone -q --shared . ../shared; echo w > ../tree/w");
  const auto tree = take(scratch, "refs/heads/dev", true, [&](auto& request) {
    request.repository = scratch.beside("tree");
  });
  CHECK(tree.git("status --porcelain") == "?? w");
  CHECK(tree.git("log -1 --format=%s") == "three");
  const auto shared = take(scratch, "refs/heads/main", false, [&](auto& request) {
    request.repository = scratch.beside("shared");
  });
  CHECK(shared.git("log --format=%s") == "two\none");
}

TEST_CASE("snapshot: a shallow repository stays shallow, and history can be cut", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run("git clone -q --depth 1 --no-single-branch file://$PWD ../shallow");
  const auto of_shallow = take(scratch, "refs/heads/main", false, [&](auto& request) {
    request.repository = scratch.beside("shallow");
  });
  CHECK(of_shallow.snapshot.shallow);
  CHECK(of_shallow.git("log --format=%s") == "two");
  const auto cut =
      take(scratch, "refs/heads/main", false, [](auto& request) { request.depth = 1; });
  CHECK(cut.snapshot.shallow);
  CHECK(cut.git("log --format=%s") == "two");
  CHECK(cut.git("tag") == "");
  CHECK(cut.git("branch -r") == "  origin/main");
  const auto whole =
      take(scratch, "refs/heads/main", false, [](auto& request) { request.depth = 9; });
  CHECK_FALSE(whole.snapshot.shallow);
}

TEST_CASE("snapshot: submodules are empty folders, or come from where they are here", "[git]") {
  const ScratchRepository scratch(history);
  const ScratchRepository library("echo lib > code; git add -A; git commit -qm lib");
  scratch.run(
      "git -c protocol.file.allow=always submodule --quiet add --name named '" +
      library.path().string() + "' lib; git commit -qm sub");
  const auto without = take(scratch);
  CHECK(fs::is_empty(without.path / "lib"));
  CHECK(without.git("status --porcelain") == "");
  const auto with = take(
      scratch, "refs/heads/main", false, [](auto& request) { request.recurse_submodules = true; });
  CHECK(with.text("lib/code") == "lib\n");
  CHECK(with.git("status --porcelain") == "");
  scratch.run("echo edited > lib/code");
  const auto edited = take(
      scratch, "refs/heads/main", true, [](auto& request) { request.recurse_submodules = true; });
  CHECK(edited.text("lib/code") == "edited\n");
  scratch.run("rm -rf lib/* lib/.git; git submodule --quiet deinit -f lib; rm -rf .git/modules");
  CHECK_THROWS_AS(
      take(
          scratch,
          "refs/heads/main",
          false,
          [](auto& request) { request.recurse_submodules = true; }),
      Error);
}

TEST_CASE("snapshot: of a sparse working tree", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run(
      "mkdir more; echo m > more/m; git add -A; git commit -qm more; "
      "git sparse-checkout set services; echo edited > services/go/app");
  const auto tree = take(scratch, "refs/heads/main", true);
  CHECK(tree.text("services/go/app") == "edited\n");
  CHECK_FALSE(fs::exists(tree.path / "more"));
  CHECK(tree.git("status --porcelain") == " M services/go/app");
  const auto commit = take(scratch);
  CHECK(commit.text("more/m") == "m\n");
}

TEST_CASE("snapshot: line endings as the user's settings have them", "[git]") {
  const ScratchRepository scratch(
      "git config core.autocrlf true; printf 'a\\r\\nb\\r\\n' > text; git add -A; git commit -qm "
      "x");
  const auto taken = take(scratch, "refs/heads/main", true);
  CHECK(taken.text("text") == "a\r\nb\r\n");
  CHECK(taken.git("status --porcelain") == "");
  const auto commit = take(scratch);
  CHECK(commit.text("text") == "a\nb\n");
  CHECK(commit.git("status --porcelain") == "");
}

TEST_CASE("snapshot: a repository within, and git-lfs, are told about", "[git]") {
  const ScratchRepository scratch(history);
  scratch.run(
      "git init -q nested; echo n > nested/file; echo '*.bin filter=lfs' > .gitattributes; "
      "git add .gitattributes; git commit -qm lfs");
  const auto tree = take(scratch, "refs/heads/main", true);
  REQUIRE(tree.snapshot.warnings.size() == 1);
  CHECK(tree.snapshot.warnings[0].find("nested/") == 0);
  const auto commit = take(scratch);
  REQUIRE(commit.snapshot.warnings.size() == 1);
  CHECK(commit.snapshot.warnings[0].find("git-lfs") != std::string::npos);
}

TEST_CASE("snapshot: a folder with content, or an unknown commit, is refused", "[git]") {
  const ScratchRepository scratch(history);
  CHECK_THROWS_AS(
      take(
          scratch,
          "refs/heads/main",
          false,
          [&](auto& request) { request.target = scratch.path(); }),
      Error);
  CHECK_THROWS_AS(
      take(
          scratch,
          "refs/heads/main",
          false,
          [](auto& request) { request.commit = std::string(40, '1'); }),
      Error);
}

namespace {

/// Snapshots of one repository and one store, taken by one run.
struct Store {
  explicit Store(const ScratchRepository& of) : scratch(of) {
    fs::create_directories(scratch.beside("run"));
  }

  Taken take(bool working_tree, const std::string& ref = "refs/heads/main") const {
    static int number = 0;
    SnapshotRequest request;
    request.repository = scratch.path();
    request.target = scratch.beside("laid-" + std::to_string(++number));
    request.ref = ref;
    request.commit = scratch.id(ref);
    request.working_tree = working_tree;
    request.trees = scratch.beside("trees");
    request.run = scratch.beside("run");
    return {request.target, take_snapshot(request)};
  }

  std::string content() const {
    return shell(
               scratch.beside("trees"),
               "find . -type f -path '*/files/*' -exec sha1sum {} + | sort; find . | wc -l")
        .out;
  }

  const ScratchRepository& scratch;
};

}  // namespace

TEST_CASE("snapshot: a stored tree is made once, and no workspace changes it", "[git]") {
  if (!can_lay_over()) return;
  const ScratchRepository scratch(history);
  const Store store(scratch);
  const bool working_tree = GENERATE(false, true);
  const auto first = store.take(working_tree);
  const auto content = store.content();
  shell(first.path, "echo x > tool; rm -rf services; mkdir -p new; echo y > new/file; rm link");
  const auto second = store.take(working_tree);
  CHECK(first.snapshot.laid);
  CHECK(second.snapshot.laid);
  CHECK(store.content() == content);
  CHECK(second.git("status --porcelain") == "");
  CHECK(second.text("services/go/app") == "2\n");
  CHECK(first.text("tool") == "x\n");
}

TEST_CASE("snapshot: git need not read what is laid over a stored tree", "[git]") {
  if (!can_lay_over()) return;
  const ScratchRepository scratch(history);
  const Store store(scratch);
  const bool working_tree = GENERATE(false, true);
  store.take(working_tree);
  const auto again = store.take(working_tree);
  REQUIRE(again.snapshot.laid);
  // Tells of each file whose status is not the index's, without looking at its content.
  CHECK(again.git("diff-files") == "");
  scratch.run("echo 9 > services/go/app; echo new > untracked");
  const auto changed = store.take(working_tree);
  CHECK(changed.git("diff-files --name-only") == (working_tree ? "services/go/app" : ""));
}

TEST_CASE("snapshot: folders of a stored tree can be renamed", "[git]") {
  if (!can_lay_over()) return;
  const ScratchRepository scratch(history);
  const auto taken = Store(scratch).take(false);
  REQUIRE(taken.snapshot.laid);
  fs::rename(taken.path / "services", taken.path / "renamed");
  CHECK(taken.text("renamed/go/app") == "2\n");
  CHECK(taken.git("status --porcelain -uall") == " D services/go/app\n?? renamed/go/app");
}

TEST_CASE("snapshot: what git cannot tell changed is not stored", "[git]") {
  if (!can_lay_over()) return;
  const ScratchRepository scratch(
      history + std::string("; for i in 1 2 3 4 5 6 7 8 9; do echo $i > f$i; done; "
                            "git add -A; git commit -qm more"));
  const Store store(scratch);
  // Same size, and git was told not to look.
  scratch.run("git update-index --assume-unchanged f1; echo X > f1");
  CHECK(store.take(true).text("f1") == "X\n");
  scratch.run("echo Y > f1");
  const auto again = store.take(true);
  CHECK(again.snapshot.laid);
  CHECK(again.text("f1") == "Y\n");
  scratch.run("git update-index --no-assume-unchanged f1; git checkout -q f1");
  CHECK(store.take(true).text("f1") == "1\n");
  // After a copy git knows no file before it has looked.
  scratch.run("find . -name 'f?' -exec touch -d '2020-01-01' {} +; rm -rf ../trees");
  const auto touched = store.take(true);
  CHECK_FALSE(touched.snapshot.laid);
  CHECK(touched.git("status --porcelain") == "");
}

TEST_CASE("snapshot: what is staged is told, whatever the stored tree began with", "[git]") {
  if (!can_lay_over()) return;
  const ScratchRepository scratch(
      history + std::string("; for i in 1 2 3 4 5 6 7 8 9; do echo $i > f$i; done; : > empty; "
                            "git add -A; git commit -qm more"));
  const Store store(scratch);
  const auto differs = [&](const std::string& script) {
    scratch.run(script);
    const auto taken = store.take(true);
    CHECK(taken.snapshot.laid);
    const auto status = scratch.git("status --porcelain -uall");
    CHECK(taken.git("status --porcelain -uall") == status);
    const auto lines = shell(scratch.path(), "git status --porcelain | wc -l").out;
    CHECK(std::to_string(taken.snapshot.changed + taken.snapshot.untracked) == lines);
    CHECK(taken.git("diff") == scratch.git("diff"));
  };
  // Filled with one file staged, one changed, and one staged as gone.
  differs("echo staged > f1; git add f1; echo x > empty; git rm -q --cached f2; rm f2");
  differs("git checkout -q HEAD -- empty f2");
  differs("git rm -q f3");
  differs("git reset -q --hard; git rm -q --cached empty");
  differs("git reset -q --hard");
  differs("echo new > new; mkdir -p deep/er; echo new > deep/er/new");
  differs("git clean -qfd; chmod +x f4");
  differs("git reset -q --hard; rm f5; ln -s f6 f5");
}

TEST_CASE("snapshot: 5,000 files", "[.][benchmark]") {
  const ScratchRepository scratch(
      "for d in $(seq 100); do mkdir d$d; for f in $(seq 50); do head -c 3000 /dev/urandom > "
      "d$d/f$f; "
      "done; done; git add -A; git commit -qm x; git gc -q; sleep 1.1; git status "
      "-s");
  const auto taken_in = [&](const std::string& trees, bool working_tree) {
    static int number = 0;
    SnapshotRequest request;
    request.repository = scratch.path();
    request.target = scratch.beside("timed-" + std::to_string(++number));
    request.commit = scratch.id();
    request.working_tree = working_tree;
    if (!trees.empty()) request.trees = scratch.beside(trees);
    request.run = scratch.beside("run");
    const auto begin = std::chrono::steady_clock::now();
    const auto snapshot = take_snapshot(request);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    CHECK(snapshot.laid == !trees.empty());
    return took.count();
  };
  fs::create_directories(scratch.beside("run"));
  for (const char* what : {"commit", "clean tree", "changed tree"}) {
    const bool working_tree = std::string_view(what) != "commit";
    if (std::string_view(what) == "changed tree") scratch.run("echo 1 >> d77/f1");
    std::string text = what;
    for (int round = 0; round < 5; ++round) {
      const auto trees = fmt::format("trees of {} {}", what, round);
      text += fmt::format("\n  copied {:.1f} ms", taken_in("", working_tree));
      if (!can_lay_over()) continue;
      text += fmt::format(", first {:.1f} ms", taken_in(trees, working_tree));
      text += fmt::format(", again {:.1f} ms", taken_in(trees, working_tree));
    }
    WARN(text);
  }
}
