#include "executor/builtin/paths_filter.hpp"

#include "executor/builtin/paths_filter/git_changes.hpp"
#include "tests/catch.hpp"
#include "tests/executor/builtin/action_world.hpp"

using crun::executor::builtin::parse_name_status;
using crun::executor::builtin::run_paths_filter;
using crun::tests::ActionResult;
using crun::tests::ActionWorld;
using crun::tests::ScratchRepository;

namespace {

/// Three commits on main: c1 adds go and node, c2 changes go, c3 removes node and adds docs.
const char* history =
    "mkdir -p go node docs; echo 1 > go/a; echo 1 > node/a; git add -A; git commit -qm c1\n"
    "echo 2 > go/a; git commit -qam c2\n"
    "git rm -q node/a; mkdir -p docs; echo 1 > docs/a; git add -A; git commit -qm c3\n";

class Filter : public ActionWorld {
 public:
  explicit Filter(const ScratchRepository& scratch, bool local = true)
      : ActionWorld(run_paths_filter, "v3.0.2") {
    folder = scratch.path();
    environment = {
        {"GITHUB_EVENT_NAME", "push"},
        {"GITHUB_REF", "refs/heads/main"},
        {"GITHUB_REPOSITORY", "octocat/hello"}};
    if (local) environment["CRUN_LOCAL"] = "1";
    event = R"({"repository": {"default_branch": "main"}})";
    inputs["filters"] = "go: go/**\nnode: node/**\ndocs: docs/**\n";
  }

  void pushed_after(const std::string& before) {
    event = R"({"repository": {"default_branch": "main"}, "before": ")" + before + "\"}";
  }
};

bool says(const ActionResult& result, const std::string& text) {
  INFO(result.log);
  return result.log.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("paths filter: a local push is compared with what was pushed before", "[builtin]") {
  const ScratchRepository scratch(history);
  Filter filter(scratch);
  filter.pushed_after(scratch.id("HEAD~2"));
  filter.inputs["list-files"] = "json";
  auto result = filter.run();
  CHECK(result.failure == "");
  CHECK(result.outputs["changes"] == R"(["go","node","docs"])");
  CHECK(result.outputs["node_files"] == R"(["node/a"])");
  CHECK(result.outputs["go_count"] == "1");
  CHECK(says(
      result,
      "paths-filter: base=" + scratch.id("HEAD~2").substr(0, 7) +
          " (event.before) head=" + scratch.id().substr(0, 7) + " (HEAD) 3 files"));
}

TEST_CASE("paths filter: without a word of what was before, the last commit counts", "[builtin]") {
  const ScratchRepository scratch(history);
  Filter filter(scratch);
  auto result = filter.run();
  CHECK(result.outputs["changes"] == R"(["node","docs"])");
  CHECK(says(result, "(HEAD~1)"));
  scratch.git("checkout -q --orphan new; git commit -qm alone");
  filter.environment["GITHUB_REF"] = "refs/heads/main";
  scratch.git("branch -qM new main");
  result = filter.run();
  CHECK(says(result, "base=none (first commit)"));
  CHECK(result.outputs["changes"] == R"(["go","docs"])");
}

TEST_CASE("paths filter: commits that origin does not have are what changed", "[builtin]") {
  const ScratchRepository scratch(history);
  scratch.git("update-ref refs/remotes/origin/main HEAD~2");
  Filter filter(scratch);
  auto result = filter.run();
  CHECK(result.outputs["changes"] == R"(["go","node","docs"])");
  CHECK(says(result, "(origin/main)"));
  filter.pushed_after(std::string(40, '1'));
  result = filter.run();
  CHECK(says(result, "::warning::event.before 1111"));
  CHECK(says(result, "(origin/main)"));
}

TEST_CASE("paths filter: another branch is compared with where it left the base", "[builtin]") {
  const ScratchRepository scratch(history);
  scratch.run("git checkout -qb feature HEAD~1; echo x > node/b; git add -A; git commit -qm f");
  Filter filter(scratch);
  filter.environment["GITHUB_REF"] = "refs/heads/feature";
  auto result = filter.run();
  CHECK(result.outputs["changes"] == R"(["node"])");
  CHECK(says(result, "(merge base with main)"));
  filter.inputs["base"] = scratch.id("main~2");
  result = filter.run();
  CHECK(result.outputs["changes"] == R"(["go","node"])");
  CHECK(says(result, "(input base)"));
}

TEST_CASE("paths filter: in act mode uncommitted files count", "[builtin]") {
  const ScratchRepository scratch(history);
  scratch.write("go/new", "x");
  scratch.run("rm docs/a");
  Filter filter(scratch);
  filter.pushed_after(scratch.id());
  filter.inputs["filters"] = "new:\n  - added: '**'\ngone:\n  - deleted: '**'\n";
  CHECK(filter.run().outputs["changes"] == "[]");
  filter.environment["CRUN_CHECKOUT"] =
      R"({"repository": ")" + scratch.path().string() +
      R"(", "name": "octocat/hello", "commit": "x", "working_tree": true})";
  auto result = filter.run();
  CHECK(result.outputs["changes"] == R"(["new","gone"])");
  CHECK(says(result, "(HEAD and the working tree) 2 files"));
}

TEST_CASE("paths filter: a local pull request needs no token", "[builtin]") {
  const ScratchRepository scratch(history);
  Filter filter(scratch);
  filter.environment["GITHUB_EVENT_NAME"] = "pull_request";
  filter.environment["GITHUB_REF"] = "refs/pull/7/merge";
  filter.event = R"({"repository": {"default_branch": "main"}, "pull_request": {"number": 7,
      "base": {"ref": "main", "sha": ")" +
                 scratch.id("HEAD~2") + "\"}}}";
  auto result = filter.run();
  CHECK(result.outputs["changes"] == R"(["go","node","docs"])");
  CHECK(says(result, "(merge base of the pull request)"));
}

TEST_CASE("paths filter: on GitHub's side git is asked as the original does", "[builtin]") {
  const ScratchRepository scratch(history);
  Filter filter(scratch, false);
  filter.pushed_after(scratch.id("HEAD~1"));
  auto result = filter.run();
  CHECK(result.outputs["changes"] == R"(["node","docs"])");
  CHECK(says(result, "show-ref main"));
  CHECK(says(
      result, "diff --no-renames --name-status -z " + scratch.id("HEAD~1") + "..refs/heads/main"));
  filter.event = R"({"repository": {"default_branch": "main"}})";
  result = filter.run();
  CHECK(says(result, "::warning::'before' field is missing in event payload"));
  filter.event = "{}";
  CHECK(
      filter.run().failure ==
      "This action requires 'base' input to be configured or 'repository.default_branch' to be set "
      "in the event payload");
}

TEST_CASE("paths filter: wrong inputs are named", "[builtin]") {
  const ScratchRepository scratch(history);
  const auto failure = [&](const std::string& input, const std::string& value) {
    Filter filter(scratch);
    filter.inputs[input] = value;
    return filter.run().failure;
  };
  CHECK(
      failure("list-files", "XML") == "Input parameter 'list-files' is set to invalid value 'xml'");
  CHECK(
      failure("predicate-quantifier", "most") ==
      "Input parameter 'predicate-quantifier' is set to invalid value 'most'. Valid values: every, "
      "some");
  CHECK(failure("filters", "nope.yaml") == "Configuration file 'nope.yaml' not found");
  CHECK(failure("filters", "go") == "'go' is not a file.");
  CHECK(failure("filters", "") == "Input required and not supplied: filters");
}

TEST_CASE("paths filter: a filter of the name changes keeps that output", "[builtin]") {
  const ScratchRepository scratch(history);
  Filter filter(scratch);
  filter.inputs["filters"] = "changes: '**'\n";
  auto result = filter.run();
  CHECK(result.outputs["changes"] == "true");
  CHECK(says(result, "name already used by filter output"));
}

TEST_CASE("paths filter: reads letters and paths in turn", "[builtin]") {
  using namespace std::string_literals;
  const auto files = parse_name_status("A\0new file\0D\0old\0T\0link\0"s);
  REQUIRE(files.size() == 3);
  CHECK(files[0].path == "new file");
  CHECK(files[0].status == "added");
  CHECK(files[1].status == "deleted");
  CHECK(files[2].status == "undefined");
}
