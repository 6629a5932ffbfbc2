// Patterns of `on` against the tags of the repository, and against each other.
#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/lint/project.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

Project with_tags(std::vector<std::string> tags) {
  Project project;
  project.tags = std::move(tags);
  return project;
}

std::string on_push(const std::string& filters) {
  return "on:\n  push:\n    " + filters +
         "\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n";
}

}  // namespace

TEST_CASE(
    "tag patterns: a star that would have to cross slashes is an error with the cure", "[lint]") {
  const auto project = with_tags({"services/go/api@1.0.9", "services/node/x@2.1.0", "v1"});
  const auto found = only(project.lint(on_push("tags: ['*@[0-9]+.[0-9]+.[0-9]+']")), "tag-pattern");
  CHECK(found.severity == Severity::error);
  CHECK(found.span.begin == Position{3, 12});
  CHECK_THAT(found.help, ContainsSubstring("'**@[0-9]+.[0-9]+.[0-9]+'"));
  CHECK_THAT(found.help, ContainsSubstring("services/go/api@1.0.9, services/node/x@2.1.0"));
}

TEST_CASE("tag patterns: where another pattern takes the tags it is a warning", "[lint]") {
  const auto project = with_tags({"services/go/api@1.0.9"});
  const auto found =
      only(project.lint(on_push("tags: ['*@[0-9]*', 'services/**']")), "tag-pattern");
  CHECK(found.severity == Severity::warning);
}

TEST_CASE("tag patterns: no tags, other tags or matching tags are no finding", "[lint]") {
  const std::string pattern = "tags: ['*@[0-9]+.[0-9]+.[0-9]+']";
  CHECK(with_tags({}).lint(on_push(pattern)).all().empty());
  CHECK(with_tags({"v1.0.0"}).lint(on_push(pattern)).all().empty());
  CHECK(with_tags({"api@1.0.9", "a/b@1.0.0"}).lint(on_push(pattern)).all().empty());
  CHECK(with_tags({"old/v1"}).lint(on_push("tags: ['v*']")).all().empty());
}

TEST_CASE("patterns: mistakes are warnings at the pattern", "[lint]") {
  const auto found = only(Project().lint(on_push("branches: [main, 'v[1']")), "filter-pattern");
  CHECK(found.severity == Severity::warning);
  CHECK(found.span.begin == Position{3, 22});
}

TEST_CASE("patterns: a filter and its -ignore exclude each other", "[lint]") {
  const auto found = only(
      Project().lint(on_push("paths: ['a/**']\n    paths-ignore: ['b/**']")), "filter-conflict");
  CHECK(found.severity == Severity::error);
  CHECK(
      found.message == "you may only define one of `paths` and `paths-ignore` for a single event");
}
