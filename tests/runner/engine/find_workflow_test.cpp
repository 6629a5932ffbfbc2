#include "runner/engine/find_workflow.hpp"

#include "runner/cli/usage_error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

namespace fs = std::filesystem;

using crun::executor::git::Repository;
using crun::runner::find_workflow;
using crun::runner::UsageError;
using crun::runner::workflow_files;
using crun::runner::WorkflowQuery;
using crun::tests::ScratchRepository;

namespace {

using Names = std::vector<std::string>;

constexpr const char* one_workflow =
    "mkdir -p .github/workflows/build-push deep/down; "
    "printf 'name: The One\\non: push\\n' > .github/workflows/one.yaml; "
    "echo a: b > .github/workflows/build-push/taskfile.yaml; "
    "echo x > .github/workflows/readme.md; touch deep/down/x; git add -A; git commit -qm x";

std::string found(
    const ScratchRepository& scratch,
    const std::string& name,
    const fs::path& from = {},
    const fs::path& directory = {},
    const std::string& commit = {}) {
  WorkflowQuery query;
  query.name = name;
  query.current_folder = from.empty() ? scratch.path() : from;
  query.directory = directory;
  query.commit = commit;
  const auto repository = Repository::open(scratch.path());
  try {
    return find_workflow(repository, query).path;
  } catch (const UsageError& error) {
    return std::string(error.what()) + " | " + error.cure();
  }
}

}  // namespace

TEST_CASE("find workflow: by path, file name and name, from anywhere", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  const auto deep = scratch.path() / "deep" / "down";
  const std::string path = ".github/workflows/one.yaml";
  CHECK(found(scratch, path) == path);
  CHECK(found(scratch, "../../" + path, deep) == path);
  CHECK(found(scratch, path, deep) == path);
  CHECK(found(scratch, "one.yaml", deep) == path);
  CHECK(found(scratch, "The One", deep) == path);
  CHECK(found(scratch, "", deep) == path);
  CHECK(found(scratch, "one.yaml", "/") == path);
  CHECK(found(scratch, (scratch.path() / path).string()) == path);
  CHECK(found(scratch, "./" + path) == path);
}

TEST_CASE("find workflow: a path from here wins, then one from --directory", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  scratch.write("deep/one.yaml", "on: push\n");
  scratch.write("deep/down/one.yaml", "on: push\n");
  CHECK(found(scratch, "one.yaml", scratch.path() / "deep") == "deep/one.yaml");
  CHECK(found(scratch, "one.yaml", "/", scratch.path() / "deep" / "down") == "deep/down/one.yaml");
  scratch.run("printf 'on: push' > ../outside.yml");
  CHECK(found(scratch, "../outside.yml") == fs::weakly_canonical(scratch.beside("outside.yml")));
}

TEST_CASE("find workflow: sub-folders and other files are no workflows", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  const auto repository = Repository::open(scratch.path());
  const auto files = workflow_files(repository);
  REQUIRE(files.size() == 1);
  CHECK(files[0].path == ".github/workflows/one.yaml");
  CHECK(files[0].file == scratch.path() / ".github/workflows/one.yaml");
}

TEST_CASE("find workflow: several need a name, and none is told", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  scratch.write(".github/workflows/two.yml", "name: The One\n");
  CHECK(
      found(scratch, "") ==
      "there are several workflows:\n  .github/workflows/one.yaml\n  .github/workflows/two.yml | "
      "name one: crun run NAME");
  CHECK(found(scratch, "The One").find("several workflows are called The One:\n") == 0);
  CHECK(found(scratch, "on.yaml") == "no workflow is called on.yaml | did you mean one.yaml?");
  CHECK(found(scratch, "one") == "no workflow is called one | did you mean one.yaml?");
  CHECK(
      found(scratch, ".github/workflows/none.yaml")
          .find("no workflow is called .github/workflows/none.yaml") == 0);
  CHECK(found(scratch, "deep").find("no workflow is called deep") == 0);  // a folder
  const ScratchRepository empty;
  CHECK(
      found(empty, "") == "there is no workflow in .github/workflows | name a file: crun run PATH");
}

TEST_CASE("find workflow: a broken one does not hide the others", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  scratch.write(".github/workflows/broken.yaml", "name: [\n");
  scratch.write(".github/workflows/empty.yaml", "");
  CHECK(found(scratch, "The One") == ".github/workflows/one.yaml");
}

TEST_CASE("find workflow: the text of the working tree or of a commit", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  const auto first = scratch.id();
  scratch.write(".github/workflows/one.yaml", "name: changed\n");
  scratch.write(".github/workflows/new.yaml", "name: new\n");
  const auto repository = Repository::open(scratch.path());
  WorkflowQuery query;
  query.name = "one.yaml";
  query.current_folder = "/";
  const auto one = find_workflow(repository, query);
  CHECK(read_workflow_text(repository, one)->text() == "name: changed\n");
  CHECK(read_workflow_text(repository, one, first)->text() == "name: The One\non: push\n");
  CHECK(read_workflow_text(repository, one, first)->path() == ".github/workflows/one.yaml");
  query.name = "new";
  const auto added = find_workflow(repository, query);
  CHECK(
      read_workflow_text(repository, added, first)->text() == "name: new\n");  // not in the commit
}

TEST_CASE("find workflow: one that only another commit has", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  scratch.run("git tag old; git rm -q .github/workflows/one.yaml; git commit -qm gone");
  CHECK(found(scratch, "one.yaml").find("no workflow is called") == 0);
  CHECK(found(scratch, "one.yaml", {}, {}, scratch.id("old")) == ".github/workflows/one.yaml");
  CHECK(found(scratch, "The One", {}, {}, scratch.id("old")) == ".github/workflows/one.yaml");
}

TEST_CASE("find workflow: in a bare repository those of HEAD", "[engine]") {
  const ScratchRepository scratch(one_workflow);
  scratch.run("git clone -q --bare . ../bare.git");
  const auto repository = Repository::open(scratch.beside("bare.git"));
  WorkflowQuery query;
  query.current_folder = "/";
  const auto one = find_workflow(repository, query);
  CHECK(one.path == ".github/workflows/one.yaml");
  CHECK(read_workflow_text(repository, one)->text() == "name: The One\non: push\n");
}
