#include "runner/engine/local_event.hpp"

#include <functional>
#include <memory>

#include "runner/cli/usage_error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"
#include "workflow/model/workflow_reader.hpp"

namespace fs = std::filesystem;

using crun::executor::git::Repository;
using crun::runner::EventRequest;
using crun::runner::LocalEvents;
using crun::runner::RunEvent;
using crun::runner::UsageError;
using crun::tests::ScratchRepository;
using crun::workflow::Value;

namespace {

using Names = std::vector<std::string>;

const std::string zeros(40, '0');

constexpr const char* project =
    "mkdir -p services/go docs; echo 1 > services/go/app; git add -A; git commit -qm one; "
    "git tag services/go@1.0.8; echo 2 > services/go/app; git commit -qam two; "
    "git tag -am note services/go@1.0.9; echo d > docs/readme; git add -A; git commit -qm three";

crun::workflow::On on(const std::string& text) {
  crun::workflow::Diagnostics diagnostics;
  const auto source = std::make_shared<const crun::workflow::SourceFile>(
      "w.yaml", "on:\n" + text + "\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: a\n");
  const auto workflow = crun::workflow::read_workflow(source, diagnostics);
  INFO(crun::workflow::render(diagnostics));
  REQUIRE(workflow);
  return workflow->on;
}

RunEvent make(
    const ScratchRepository& scratch,
    EventRequest request = {},
    const std::string& events = "  push: {paths: ['**']}") {
  const auto repository = Repository::open(scratch.path());
  request.current_folder = scratch.path();
  return LocalEvents(repository, std::move(request)).make(on(events));
}

RunEvent with_file(
    const ScratchRepository& scratch,
    const std::string& json,
    EventRequest request = {},
    const std::string& events = "  push: {paths: ['**']}") {
  std::ofstream(scratch.beside("event.json")) << json;
  request.event_file = "../event.json";
  return make(scratch, std::move(request), events);
}

std::string text(const RunEvent& event, std::initializer_list<const char*> keys) {
  Value at = event.payload;
  for (const char* key : keys) at = Value(at[key]);
  return at.to_string();
}

std::string usage_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const UsageError& error) {
    return std::string(error.what()) + " | " + error.cure();
  }
  return "none";
}

}  // namespace

TEST_CASE("local event: a push of what HEAD names", "[engine]") {
  const ScratchRepository scratch(project);
  const auto event = make(scratch);
  CHECK(event.name == "push");
  CHECK(event.reason == "push, which fires here");
  CHECK(event.ref == "refs/heads/main");
  CHECK(event.ref_name() == "main");
  CHECK(event.ref_type() == "branch");
  CHECK(event.sha == scratch.id());
  CHECK(event.before == scratch.id("HEAD~1"));
  CHECK(event.changed_paths == Names{"docs/readme"});
  CHECK(event.repository == "local/repository");
  CHECK(event.default_branch == "main");
  CHECK(event.at_head);
  CHECK(text(event, {"ref"}) == "refs/heads/main");
  CHECK(text(event, {"after"}) == scratch.id());
  CHECK(text(event, {"head_commit", "message"}) == "three");
  CHECK(text(event, {"repository", "default_branch"}) == "main");
  CHECK(text(event, {"repository", "owner", "login"}) == "local");
  REQUIRE(event.payload["commits"].array().size() == 1);
  CHECK(event.payload["commits"].array()[0]["message"].string() == "three");
}

TEST_CASE(
    "local event: a push says as little of the files in its commits as GitHub's", "[engine]") {
  const ScratchRepository scratch(project);
  const auto event = with_file(
      scratch,
      R"({"commits": [{"id": "1", "added": ["a"], "removed": [], "modified": ["b"]}],
          "head_commit": {"added": ["a"]}})");
  const auto commit = event.payload["commits"].array()[0];
  CHECK(commit["id"].string() == "1");
  for (const char* list : {"added", "removed", "modified"}) {
    CHECK(commit.object().find(list) == nullptr);
    CHECK(event.payload["head_commit"].object().find(list) == nullptr);
  }
}

TEST_CASE("local event: unpushed commits belong to the push", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run(
      "git remote add origin git@github.com:octocat/hello.git; "
      "git update-ref refs/remotes/origin/main HEAD~2");
  const auto event = make(scratch);
  CHECK(event.before == scratch.id("HEAD~2"));
  CHECK(event.payload["commits"].array().size() == 2);
  CHECK(event.changed_paths == Names{"docs/readme", "services/go/app"});
  CHECK(event.repository == "octocat/hello");
  CHECK(event.server_url == "https://github.com");
}

TEST_CASE("local event: the first commit of all was pushed with every file", "[engine]") {
  const ScratchRepository scratch;
  const auto event = make(scratch);
  CHECK(event.before == zeros);
  CHECK(event.changed_paths == Names{"README.md"});
  CHECK(event.payload["created"].boolean());
}

TEST_CASE("local event: a new branch changed what it has over the default one", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git checkout -qb topic HEAD~1; echo t > t; git add -A; git commit -qm t");
  const auto event = with_file(scratch, R"({"before": ")" + zeros + R"("})");
  CHECK(event.before == zeros);
  CHECK(event.changed_paths == Names{"t"});
}

TEST_CASE("local event: changes not committed count where the working tree is run", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("echo dirty > services/go/app; echo new > new");
  EventRequest request;
  request.working_tree = true;
  CHECK(make(scratch, request).changed_paths == Names{"docs/readme", "new", "services/go/app"});
  CHECK(make(scratch).changed_paths == Names{"docs/readme"});
}

TEST_CASE("local event: what a push changed is looked for only where a filter asks", "[engine]") {
  const ScratchRepository scratch(project);
  CHECK_FALSE(make(scratch, {}, "  push:").changed_paths);
  CHECK_FALSE(make(scratch, {}, "  push: {branches: [main]}").changed_paths);
  CHECK(make(scratch, {}, "  push: {paths-ignore: [x]}").changed_paths == Names{"docs/readme"});
}

TEST_CASE("local event: --ref takes a branch, a tag or a full ref", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git branch dev HEAD~1");
  EventRequest request;
  request.ref = "dev";
  const auto branch = make(scratch, request);
  CHECK(branch.ref == "refs/heads/dev");
  CHECK(branch.sha == scratch.id("dev"));
  CHECK_FALSE(branch.at_head);
  for (const char* name : {"services/go@1.0.9", "refs/tags/services/go@1.0.9"}) {
    request.ref = name;
    const auto tag = make(scratch, request);
    CHECK(tag.ref == "refs/tags/services/go@1.0.9");
    CHECK(tag.ref_type() == "tag");
    CHECK(tag.sha == scratch.id("services/go@1.0.9"));
    CHECK(tag.before == zeros);
    CHECK_FALSE(tag.changed_paths);
    CHECK_FALSE(tag.at_head);
  }
  request.ref = "main";
  CHECK(make(scratch, request).at_head);
}

TEST_CASE("local event: an unknown ref is a usage error with a suggestion", "[engine]") {
  const ScratchRepository scratch(project);
  const auto error = [&](const std::string& ref) {
    EventRequest request;
    request.ref = ref;
    return usage_error([&] { make(scratch, request); });
  };
  CHECK(error("mian") == "unknown ref mian | did you mean main?");
  CHECK(error("refs/heads/mian") == "unknown ref refs/heads/mian | did you mean refs/heads/main?");
  CHECK(error("no-such-ref").find("unknown ref no-such-ref") == 0);
  CHECK(error(scratch.id()).find("is a commit") != std::string::npos);
}

TEST_CASE("local event: the event file names a tag, and ref_type has no effect", "[engine]") {
  const ScratchRepository scratch(project);
  const auto event = with_file(scratch, R"({"ref": "refs/tags/services/go@1.0.9", "ref_type": "tag",
                   "repository": {"default_branch": "trunk", "private": false}})");
  CHECK(event.ref == "refs/tags/services/go@1.0.9");
  CHECK(event.sha == scratch.id("services/go@1.0.9"));
  CHECK(event.default_branch == "trunk");
  CHECK_FALSE(event.payload["repository"]["private"].boolean());
  CHECK(text(event, {"repository", "full_name"}) == "local/repository");  // merged, not replaced
  REQUIRE(event.notes.size() == 1);
  CHECK(event.notes[0].find("\"ref_type\" has no effect") != std::string::npos);
}

TEST_CASE(
    "local event: before and after of the event file are taken when they are here", "[engine]") {
  const ScratchRepository scratch(project);
  const auto first = scratch.id("HEAD~2"), second = scratch.id("HEAD~1");
  const auto event = with_file(
      scratch,
      R"({"ref": "refs/heads/main", "before": ")" + first + R"(", "after": ")" + second + "\"}");
  CHECK(event.before == first);
  CHECK(event.sha == second);
  CHECK(event.changed_paths == Names{"services/go/app"});
  CHECK(text(event, {"head_commit", "id"}) == second);
  CHECK_FALSE(event.at_head);
  const auto unknown = with_file(scratch, R"({"before": ")" + std::string(40, 'a') + "\"}");
  CHECK(unknown.before == second);
  CHECK(unknown.notes.size() == 1);
  CHECK(text(unknown, {"before"}) == second);
}

TEST_CASE("local event: --ref wins over the event file", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git branch dev HEAD~1");
  EventRequest request;
  request.ref = "dev";
  const auto event = with_file(
      scratch,
      R"({"ref": "refs/heads/main", "after": ")" + scratch.id() + R"(", "custom": 1})",
      request);
  CHECK(event.ref == "refs/heads/dev");
  CHECK(event.sha == scratch.id("dev"));
  CHECK(text(event, {"ref"}) == "refs/heads/dev");
  CHECK(text(event, {"custom"}) == "1");
  CHECK(event.notes.size() == 1);
}

TEST_CASE("local event: what is wrong with an event file is told with its place", "[engine]") {
  const ScratchRepository scratch(project);
  const auto error = [&](const std::string& json) {
    return usage_error([&] { with_file(scratch, json); });
  };
  CHECK(error("{\"ref\": ").find("../event.json:1:9: invalid JSON") == 0);
  CHECK(error("{\n  \"ref\": nope\n}").find("../event.json:2:11: invalid JSON") == 0);
  CHECK(error("[1]") == "../event.json:1:1: an event must be a JSON object, this is array | ");
  CHECK(error("").find("../event.json:1:1: invalid JSON") == 0);
  CHECK(
      error(R"({"ref": "refs/heads/mian"})") ==
      "../event.json: unknown ref refs/heads/mian | did you mean refs/heads/main?");
  EventRequest request;
  request.event_file = "none.json";
  CHECK(usage_error([&] {
          make(scratch, request);
        }) == "cannot read the event file none.json: No such file or directory | ");
}

TEST_CASE("local event: the event file is looked for here first, then in --directory", "[engine]") {
  const ScratchRepository scratch(project);
  const auto repository = Repository::open(scratch.path());
  scratch.write("here/event.json", R"({"found": "here"})");
  scratch.write("there/event.json", R"({"found": "there"})");
  scratch.write("there/only.json", R"({"found": "only there"})");
  EventRequest request;
  request.current_folder = scratch.path() / "here";
  request.directory = scratch.path() / "there";
  request.event_file = "event.json";
  CHECK(text(LocalEvents(repository, request).make(on("  push:")), {"found"}) == "here");
  request.event_file = "only.json";
  CHECK(text(LocalEvents(repository, request).make(on("  push:")), {"found"}) == "only there");
}

TEST_CASE(
    "local event: inputs of a dispatch come from the event file and the command line", "[engine]") {
  const ScratchRepository scratch(project);
  EventRequest request;
  request.event = "workflow_dispatch";
  request.inputs = {{"service", "b"}};
  auto event = with_file(
      scratch,
      R"({"inputs": {"service": "a", "count": 3, "dry": true}})",
      request,
      "  workflow_dispatch:");
  CHECK(
      event.inputs ==
      std::map<std::string, std::string>{{"service", "b"}, {"count", "3"}, {"dry", "true"}});
  CHECK(text(event, {"inputs", "service"}) == "b");
  CHECK(text(event, {"inputs", "dry"}) == "true");
  CHECK(text(event, {"ref"}) == "refs/heads/main");
  crun::workflow::Object checked;
  checked.set("service", "c");
  set_payload_inputs(event, checked);
  CHECK(text(event, {"inputs", "service"}) == "c");
  CHECK(text(event, {"ref"}) == "refs/heads/main");
}

TEST_CASE("local event: a pull request of the current branch against the default one", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git checkout -qb topic HEAD~1; echo t > t; git add -A; git commit -qm topic");
  const auto event = make(scratch, {}, "  pull_request:");
  CHECK(event.name == "pull_request");
  CHECK(event.ref == "refs/pull/1/merge");
  CHECK(event.ref_name() == "1/merge");
  CHECK(event.sha == scratch.id("topic"));
  CHECK(event.base_ref == "main");
  CHECK(event.head_ref == "topic");
  CHECK(event.base_sha == scratch.id("main"));
  CHECK(event.action == "opened");
  CHECK(event.changed_paths == Names{"t"});  // not what main has on top of the fork
  CHECK(event.at_head);
  CHECK(text(event, {"pull_request", "base", "sha"}) == scratch.id("main"));
  CHECK(text(event, {"pull_request", "head", "ref"}) == "topic");
  CHECK(text(event, {"pull_request", "title"}) == "topic");
  CHECK(text(event, {"number"}) == "1");
}

TEST_CASE("local event: the event file describes a pull request", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git branch topic; git branch release HEAD~2");
  const auto event = with_file(
      scratch,
      R"({"action": "synchronize", "number": 12,
          "pull_request": {"head": {"ref": "topic"}, "base": {"ref": "release"}}})",
      {},
      "  push:\n  pull_request:");
  CHECK(event.name == "pull_request");
  CHECK(event.ref == "refs/pull/12/merge");
  CHECK(event.action == "synchronize");
  CHECK(event.base_sha == scratch.id("release"));
  CHECK(event.changed_paths == Names{"docs/readme", "services/go/app"});
  CHECK(text(event, {"pull_request", "base", "repo", "full_name"}) == "local/repository");
}

TEST_CASE("local event: pull_request_target is of the base", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git checkout -qb topic; echo t > t; git add -A; git commit -qm topic");
  const auto event = make(scratch, {}, "  pull_request_target:");
  CHECK(event.ref == "refs/heads/main");
  CHECK(event.sha == scratch.id("main"));
  CHECK(text(event, {"pull_request", "head", "sha"}) == scratch.id("topic"));
  CHECK_FALSE(event.at_head);
}

TEST_CASE("local event: which event is chosen, and why", "[engine]") {
  const ScratchRepository scratch(project);
  const auto chosen = [&](const std::string& events, EventRequest request = {}) {
    return make(scratch, std::move(request), events);
  };
  CHECK(chosen("  push:\n  workflow_dispatch:").name == "push");
  CHECK(chosen("  workflow_dispatch:\n  push:\n    branches: [main]").name == "push");
  const auto dispatch = chosen("  workflow_dispatch:\n  push:\n    branches: [release]");
  CHECK(dispatch.name == "workflow_dispatch");
  CHECK(dispatch.reason.find("because") != std::string::npos);
  CHECK(chosen("  issues:\n  pull_request:").name == "pull_request");
  CHECK(chosen("  schedule:\n    - cron: '0 0 * * *'").name == "schedule");
  CHECK(chosen("  push:\n    branches: [release]").name == "push");  // and does not fire
  CHECK(chosen("  pull_request:\n    types: [closed]").action == "closed");
  EventRequest inputs;
  inputs.inputs = {{"a", "b"}};
  CHECK(chosen("  push:\n  workflow_dispatch:", inputs).name == "workflow_dispatch");
  EventRequest named;
  named.event = "push";
  CHECK(chosen("  workflow_dispatch:", named).name == "push");
  CHECK(chosen("  workflow_dispatch:", named).reason.empty());
  CHECK(usage_error([&] { chosen("  issues:"); }).find("no event of this workflow") == 0);
  CHECK(usage_error([&] { chosen("  workflow_call:"); }).find("no event of this workflow") == 0);
  named.event = "workflow_dispach";
  CHECK(usage_error([&] {
          chosen("  push:", named);
        }) == "unknown event workflow_dispach | did you mean workflow_dispatch?");
}

TEST_CASE("local event: a release is of a tag", "[engine]") {
  const ScratchRepository scratch(project);
  EventRequest request;
  request.event = "release";
  CHECK(usage_error([&] {
          make(scratch, request, "  release:");
        }).find("use --ref TAG") != std::string::npos);
  request.ref = "services/go@1.0.8";
  const auto event = make(scratch, request, "  release:");
  CHECK(text(event, {"release", "tag_name"}) == "services/go@1.0.8");
  CHECK(event.action == "published");
}

TEST_CASE("local event: a detached HEAD is run as its tag, else as its branch", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git checkout -q services/go@1.0.9");
  auto event = make(scratch);
  CHECK(event.ref == "refs/tags/services/go@1.0.9");
  CHECK(event.at_head);
  scratch.run("git checkout -q --detach main");
  event = make(scratch);
  CHECK(event.ref == "refs/heads/main");
  CHECK(event.at_head);
}

TEST_CASE("local event: a repository without commits is a usage error", "[engine]") {
  const ScratchRepository scratch("true");
  CHECK(usage_error([&] {
          make(scratch);
        }).find("has no commit yet | git add -A") != std::string::npos);
}

TEST_CASE("local event: odd event files change nothing they must not", "[engine]") {
  const ScratchRepository scratch(project);
  const auto event = with_file(
      scratch,
      R"({"ref": 5, "after": {}, "before": [], "repository": "x", "inputs": 3, "sender": null,
          "pull_request": 1, "number": "x"})");
  CHECK(event.ref == "refs/heads/main");
  CHECK(event.sha == scratch.id());
  CHECK(text(event, {"ref"}) == "refs/heads/main");
  EventRequest request;
  request.event = "pull_request";
  CHECK(with_file(scratch, R"({"pull_request": 1, "number": "x"})", request).number == 1);
}

TEST_CASE("local event: a schedule tells its cron, the first of several", "[engine]") {
  const ScratchRepository scratch(project);
  EventRequest request;
  request.event = "schedule";
  const auto event =
      make(scratch, request, "  schedule: [{cron: '1 2 * * *'}, {cron: '3 4 * * *'}]");
  CHECK(text(event, {"schedule"}) == "1 2 * * *");
}

TEST_CASE("local event: the run of another workflow was a good one of this commit", "[engine]") {
  const ScratchRepository scratch(project);
  EventRequest request;
  request.event = "workflow_run";
  const std::string events = "  workflow_run: {workflows: [Build], types: [completed]}";
  const auto event = make(scratch, request, events);
  CHECK(text(event, {"workflow_run", "name"}) == "Build");
  CHECK(text(event, {"workflow_run", "conclusion"}) == "success");
  CHECK(text(event, {"workflow_run", "head_sha"}) == scratch.id());
  CHECK(text(event, {"workflow_run", "head_branch"}) == "main");
  const auto failed =
      with_file(scratch, R"({"workflow_run": {"conclusion": "failure"}})", request, events);
  CHECK(text(failed, {"workflow_run", "conclusion"}) == "failure");
  CHECK(text(failed, {"workflow_run", "name"}) == "Build");
}

TEST_CASE("local event: a merge group stands on the default branch", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run("git checkout -qb queue; git commit -qm more --allow-empty");
  EventRequest request;
  request.event = "merge_group";
  const auto event = make(scratch, request, "  merge_group:");
  CHECK(text(event, {"merge_group", "head_sha"}) == scratch.id());
  CHECK(text(event, {"merge_group", "base_sha"}) == scratch.id("main"));
  CHECK(text(event, {"merge_group", "base_ref"}) == "refs/heads/main");
}

TEST_CASE("local event: a new branch is told by its short name", "[engine]") {
  const ScratchRepository scratch(project);
  EventRequest request;
  request.event = "create";
  const auto event = make(scratch, request, "  create:");
  CHECK(text(event, {"ref"}) == "main");
  CHECK(text(event, {"ref_type"}) == "branch");
}

TEST_CASE("local event: a pull request counts its commits", "[engine]") {
  const ScratchRepository scratch(project);
  scratch.run(
      "git checkout -qb topic; git commit -qm a --allow-empty; git commit -qm b --allow-empty");
  EventRequest request;
  request.event = "pull_request";
  CHECK(text(make(scratch, request, "  pull_request:"), {"pull_request", "commits"}) == "2");
}
