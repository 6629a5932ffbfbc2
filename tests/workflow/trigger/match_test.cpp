// Which events start a workflow, and the words for those that do not.
#include "workflow/trigger/match.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<FilterPattern> patterns(const std::vector<std::string>& texts) {
  std::vector<FilterPattern> out;
  for (const auto& text : texts) out.push_back({text, {}});
  return out;
}

EventTrigger trigger(const std::string& name) {
  EventTrigger out;
  out.name = name;
  return out;
}

On on(std::vector<EventTrigger> triggers) {
  On out;
  out.events = std::move(triggers);
  return out;
}

EventFacts push(const std::string& ref, std::vector<std::string> paths) {
  EventFacts out;
  out.name = "push";
  out.ref = ref;
  out.changed_paths = std::move(paths);
  return out;
}

EventFacts pull_request(const std::string& base, const std::string& action) {
  EventFacts out;
  out.name = "pull_request";
  out.ref = "refs/pull/1/merge";
  out.base_ref = base;
  out.action = action;
  return out;
}

// The seed of the tests: releases by tag, staging by branch and path, and by hand.
On publish() {
  auto by_push = trigger("push");
  by_push.branches = patterns({"main"});
  by_push.paths = patterns({"services/**"});
  by_push.tags = patterns({"**@[0-9]+.[0-9]+.[0-9]+"});
  return on({trigger("workflow_dispatch"), by_push});
}

}  // namespace

TEST_CASE("match: branch and path must both fit a push", "[trigger]") {
  CHECK(match_event(publish(), push("refs/heads/main", {"services/a", "README.md"})).fires);
  const auto docs = match_event(publish(), push("refs/heads/main", {"README.md"}));
  CHECK_FALSE(docs.fires);
  CHECK(
      docs.reason ==
      "push to refs/heads/main does not trigger: paths ['services/**'] match none of the 1 "
      "changed path (README.md)");
  CHECK(docs.cure == "use --event workflow_dispatch or --force to run it all the same");
  const auto dev = match_event(publish(), push("refs/heads/dev", {"services/a"}));
  CHECK(
      dev.reason ==
      "push to refs/heads/dev does not trigger: branches ['main'] do not match 'dev'");
  CHECK(dev.cure == "use --ref main, --event workflow_dispatch or --force to run it all the same");
}

TEST_CASE("match: path filters do not apply to tags", "[trigger]") {
  CHECK(match_event(publish(), push("refs/tags/services/go/api@1.0.9", {"README.md"})).fires);
  CHECK(match_event(publish(), push("refs/tags/services/go/api@1.0.9", {})).fires);
  const auto other = match_event(publish(), push("refs/tags/v1", {"services/a"}));
  CHECK_THAT(other.reason, ContainsSubstring("tags ['**@[0-9]+.[0-9]+.[0-9]+'] do not match 'v1'"));
}

TEST_CASE("match: only tags filtered means no branches, and the other way round", "[trigger]") {
  auto tags = trigger("push");
  tags.tags = patterns({"v*"});
  CHECK(match_event(on({tags}), push("refs/tags/v1", {})).fires);
  const auto branch = match_event(on({tags}), push("refs/heads/main", {"a"}));
  CHECK_FALSE(branch.fires);
  CHECK_THAT(branch.reason, ContainsSubstring("only tags are filtered"));

  auto branches = trigger("push");
  branches.branches_ignore = patterns({"wip/**"});
  CHECK(match_event(on({branches}), push("refs/heads/main", {"a"})).fires);
  CHECK_FALSE(match_event(on({branches}), push("refs/heads/wip/x", {"a"})).fires);
  CHECK_FALSE(match_event(on({branches}), push("refs/tags/v1", {})).fires);
}

TEST_CASE("match: path filters alone take branches by path and every tag", "[trigger]") {
  auto paths = trigger("push");
  paths.paths_ignore = patterns({"docs/**", "*.md"});
  CHECK(match_event(on({paths}), push("refs/heads/x", {"docs/a", "src/b"})).fires);
  CHECK(match_event(on({paths}), push("refs/tags/v1", {"docs/a"})).fires);
  const auto docs = match_event(on({paths}), push("refs/heads/x", {"docs/a", "README.md"}));
  CHECK_THAT(
      docs.reason,
      ContainsSubstring("paths-ignore ['docs/**', '*.md'] matches all of the 2 changed paths "
                        "(docs/a, README.md)"));
}

TEST_CASE("match: unknown changes let path filters pass", "[trigger]") {
  auto event = push("refs/heads/main", {});
  event.changed_paths.reset();
  CHECK(match_event(publish(), event).fires);
}

TEST_CASE("match: of two triggers of one event either may fire", "[trigger]") {
  auto branches = trigger("push");
  branches.branches = patterns({"main"});
  auto tags = trigger("push");
  tags.tags = patterns({"v*"});
  CHECK(match_event(on({branches, tags}), push("refs/heads/main", {})).fires);
  CHECK(match_event(on({branches, tags}), push("refs/tags/v1", {})).fires);
  CHECK_FALSE(match_event(on({branches, tags}), push("refs/heads/dev", {})).fires);
}

TEST_CASE("match: what people overlook in patterns is told", "[trigger]") {
  auto filters = trigger("push");
  const auto reason = [&](const std::vector<std::string>& branches) {
    filters.branches = patterns(branches);
    const auto match = match_event(on({filters}), push("refs/heads/release/1/x", {}));
    CHECK_FALSE(match.fires);
    return match.reason;
  };
  CHECK_THAT(reason({"!dev"}), ContainsSubstring("'!' patterns alone takes nothing"));
  CHECK_THAT(
      reason({"main", "release/*"}),
      ContainsSubstring("('*' does not match '/': 'release/**' would match release/1/x)"));
  CHECK_THAT(
      reason({"release/**", "!release/1/*"}),
      ContainsSubstring("('release/**' takes release/1/x, but '!release/1/*' leaves it out)"));
}

TEST_CASE(
    "match: pull requests are compared by the branch they go to, and by their type", "[trigger]") {
  auto request = trigger("pull_request");
  request.branches = patterns({"main", "releases/**"});
  const auto w = on({request});
  CHECK(match_event(w, pull_request("main", "opened")).fires);
  CHECK(match_event(w, pull_request("releases/1", "")).fires);
  CHECK(match_event(w, pull_request("", "opened")).fires);  // not known
  CHECK_THAT(
      match_event(w, pull_request("dev", "opened")).reason,
      ContainsSubstring("pull_request to dev does not trigger: branches"));
  CHECK_THAT(
      match_event(w, pull_request("main", "labeled")).reason,
      ContainsSubstring("types ['opened', 'synchronize', 'reopened'] (GitHub's default)"));
  auto labeled = trigger("pull_request");
  labeled.types = patterns({"labeled"});
  CHECK(match_event(on({labeled}), pull_request("main", "labeled")).fires);
  CHECK_FALSE(match_event(on({labeled}), pull_request("main", "opened")).fires);
}

TEST_CASE("match: all types count for events other than pull requests", "[trigger]") {
  EventFacts event;
  event.name = "release";
  event.action = "published";
  CHECK(match_event(on({trigger("release")}), event).fires);
  auto created = trigger("release");
  created.types = patterns({"created"});
  CHECK_FALSE(match_event(on({created}), event).fires);
}

TEST_CASE("match: an event that is not declared names those that are", "[trigger]") {
  EventFacts event;
  event.name = "schedule";
  const auto match = match_event(publish(), event);
  CHECK_FALSE(match.fires);
  CHECK(match.reason == "schedule does not trigger: the workflow is on workflow_dispatch, push");
  CHECK(match.cure == "use --event workflow_dispatch or --force to run it all the same");
  CHECK(
      match_event(on({trigger("push")}), event).cure ==
      "use --event push or --force to run it all the same");
}

TEST_CASE("match: long lists are cut", "[trigger]") {
  std::vector<std::string> paths;
  for (int i = 0; i < 40; ++i) paths.push_back("docs/" + std::to_string(i));
  const auto match = match_event(publish(), push("refs/heads/main", paths));
  CHECK_THAT(match.reason, ContainsSubstring("none of the 40 changed paths"));
  CHECK_THAT(match.reason, ContainsSubstring("docs/4 and 35 more)"));
}

TEST_CASE("match: what fires says which filters it passed", "[trigger]") {
  auto filtered = trigger("push");
  filtered.branches = patterns({"**", "!old/**", "main"});
  filtered.paths = patterns({"src/**"});
  CHECK(
      match_event(on({filtered}), push("refs/heads/main", {"a.md", "src/a.c"})).because ==
      "push to refs/heads/main: branches 'main' matches main, paths 'src/**' matches src/a.c");
  auto unknown = push("refs/heads/main", {});
  unknown.changed_paths.reset();
  CHECK_THAT(match_event(on({filtered}), unknown).because, ContainsSubstring("is not known"));
  auto ignoring = trigger("push");
  ignoring.tags_ignore = patterns({"v0*"});
  ignoring.paths_ignore = patterns({"docs/**"});
  CHECK(
      match_event(on({ignoring}), push("refs/tags/v1", {"docs/a"})).because ==
      "push to refs/tags/v1: tags-ignore ['v0*'] does not match v1, path filters do not count "
      "for tags");
  auto typed = trigger("pull_request");
  typed.types = patterns({"opened", "labeled"});
  CHECK(
      match_event(on({typed}), pull_request("main", "labeled")).because ==
      "pull_request to main: types ['opened', 'labeled'] have 'labeled'");
  CHECK(
      match_event(on({trigger("push")}), push("refs/heads/a", {"b"})).because ==
      "push to refs/heads/a: no filter");
}
