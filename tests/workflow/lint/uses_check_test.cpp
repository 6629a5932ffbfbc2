// Versions, comments and availability of actions.
#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/lint/project.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string commit_of_361 = "988b5a0280414f521da01fcc63a27aeeb4b104db";

Project with_pins() {
  Project project;
  project.pins = {
      {"actions/checkout", "v5.0.0", std::string(40, '5')},
      {"actions/checkout", "v4.2.2", std::string(40, '4')},
      {"actions/checkout", "v4", std::string(40, '4')},
      {"docker/setup-buildx-action", "v3.7.1", std::string(40, '7')},
      {"docker/setup-buildx-action", "v3.6.1", commit_of_361},
      {"docker/setup-buildx-action", "v3", std::string(40, '7')}};
  return project;
}

std::string using_action(const std::string& uses) {
  return "on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n      - uses: " + uses + "\n";
}

}  // namespace

TEST_CASE("uses: a version without its v is an error with the right one", "[lint]") {
  const auto found = only(with_pins().lint(using_action("actions/checkout@4.2.2")), "unknown-ref");
  CHECK(found.severity == Severity::error);
  CHECK(found.span.begin == Position{6, 15});
  CHECK_THAT(found.message, ContainsSubstring("unable to find version `4.2.2`"));
  CHECK(found.help == "did you mean actions/checkout@v4.2.2?");
}

TEST_CASE("uses: a version that the table cannot rule out is no error", "[lint]") {
  const auto project = with_pins();
  CHECK(project.lint(using_action("actions/checkout@v4.2.2")).all().empty());
  CHECK(project.lint(using_action("actions/checkout@v6")).all().empty());
  CHECK(project.lint(using_action("actions/checkout@main")).all().empty());
  CHECK(project.lint(using_action("actions/checkout@" + std::string(40, 'a'))).all().empty());
  const auto old = only(project.lint(using_action("actions/checkout@v4.2.3")), "unknown-ref");
  CHECK(old.severity == Severity::warning);
  CHECK(old.help == "did you mean v4.2.2?");
}

TEST_CASE("uses: a comment must name the version of the commit", "[lint]") {
  const auto project = with_pins();
  const auto pinned = "docker/setup-buildx-action@" + commit_of_361;
  CHECK(project.lint(using_action(pinned + " # v3.6.1")).all().empty());
  CHECK(project.lint(using_action(pinned + " # tag=v3.6")).all().empty());
  CHECK(project.lint(using_action(pinned + " # v3")).all().empty());
  CHECK(project.lint(using_action(pinned + " # our builder")).all().empty());
  const auto found = only(project.lint(using_action(pinned + " # v3.7.1")), "version-comment");
  CHECK(found.severity == Severity::warning);
  CHECK_THAT(found.message, ContainsSubstring("says v3.7.1"));
  CHECK_THAT(found.message, ContainsSubstring("is v3.6.1"));
  CHECK_THAT(found.help, ContainsSubstring(std::string(40, '7')));
}

TEST_CASE("uses: a shortened commit is refused by GitHub", "[lint]") {
  const auto found =
      only(with_pins().lint(using_action("actions/checkout@4444444")), "short-commit");
  CHECK(found.severity == Severity::warning);
}

TEST_CASE(
    "uses: an action that is not here is named where it stands, also in local actions", "[lint]") {
  auto project = with_pins();
  project.files[".github/actions/setup/action.yaml"] =
      "name: setup\nruns:\n  using: composite\n  steps:\n    - uses: nobody/setup-binary@4.0.1\n";
  const auto found =
      only(project.lint(using_action("./.github/actions/setup")), "unavailable-action");
  CHECK(found.severity == Severity::warning);
  CHECK(found.source->path() == ".github/actions/setup/action.yaml");
  CHECK(found.span.begin == Position{5, 13});
  CHECK_THAT(found.message, ContainsSubstring("nobody/setup-binary@4.0.1"));
}

TEST_CASE("uses: a version that is not built in is told once, with the newest there is", "[lint]") {
  auto project = with_pins();
  project.available = {"actions/checkout@v4"};
  CHECK(project.lint(using_action("actions/checkout@v4.2.2")).all().empty());
  const auto newer = only(project.lint(using_action("actions/checkout@v6")), "unavailable-action");
  CHECK_THAT(newer.message, ContainsSubstring("v6 is no version that is built in"));
  CHECK(newer.help == "the newest that is known is v5.0.0");
  CHECK(project.lint(using_action("actions/checkout@v3.9.9")).all().size() == 1);
  CHECK(project.lint(using_action("actions/checkout@4.2.2")).all().size() == 1);
  const auto known =
      only(project.lint(using_action("docker/setup-buildx-action@v3")), "unavailable-action");
  CHECK_THAT(known.message, ContainsSubstring("neither built in nor found"));
}

TEST_CASE("uses: local actions that use each other are read once", "[lint]") {
  auto project = with_pins();
  project.files["a/action.yml"] =
      "name: a\nruns:\n  using: composite\n  steps:\n    - uses: ./b\n    - uses: nobody/x@v1\n";
  project.files["b/action.yml"] = "name: b\nruns:\n  using: composite\n  steps:\n    - uses: ./a\n";
  only(project.lint(using_action("./a\n      - uses: ./a")), "unavailable-action");
}
