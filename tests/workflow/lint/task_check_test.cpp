// Tasks that scripts call and Taskfiles have, or have not.
#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/lint/project.hpp"
#include "workflow/lint/taskfile.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

Project with_tasks() {
  Project project;
  project.files["api/Taskfile.yaml"] =
      "version: '3'\nincludes:\n  utils: ../.github/taskfile.yaml\n"
      "tasks:\n  build:\n    aliases: [b]\n  'serve-*': echo\n";
  project.files[".github/taskfile.yaml"] =
      "version: '3'\ntasks:\n  default: echo\n  generate-version: echo\n";
  return project;
}

std::string running(const std::string& command, const std::string& folder = "api") {
  return "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - working-directory: " + folder +
         "\n        run: |\n          " + command + "\n";
}

}  // namespace

TEST_CASE("tasks: a task that no Taskfile has is an error with those there are", "[lint]") {
  const auto found =
      only(with_tasks().lint(running("VERSION=$(task -s utils:generate-verson)")), "unknown-task");
  CHECK(found.severity == Severity::error);
  CHECK(found.span.begin == Position{8, 29});
  CHECK_THAT(found.message, ContainsSubstring("task \"utils:generate-verson\" does not exist"));
  CHECK_THAT(found.message, ContainsSubstring("api/Taskfile.yaml"));
  CHECK_THAT(found.help, ContainsSubstring("did you mean utils:generate-version?"));
}

TEST_CASE("tasks: names, aliases, namespaces, defaults and wildcards are found", "[lint]") {
  const auto command = GENERATE(
      "task build",
      "task b",
      "task utils",
      "task utils:generate-version FORCE=1",
      "task serve-web && task build",
      "task build -- nonsense");
  INFO(command);
  CHECK(with_tasks().lint(running(command)).all().empty());
}

TEST_CASE("tasks: what cannot be known is no finding", "[lint]") {
  const auto command = GENERATE(
      "task $NAME",
      "task -t other.yaml nonsense",
      "echo task nonsense",
      "'task nonsense'",
      "mytask nonsense",
      "cat <<EOF\n          task nonsense\n          EOF");
  INFO(command);
  CHECK(with_tasks().lint(running(command)).all().empty());
  CHECK(with_tasks().lint(running("task nonsense", "elsewhere")).all().empty());
  auto remote = with_tasks();
  remote.files["api/Taskfile.yaml"] =
      "version: '3'\nincludes:\n  utils: https://example.com/t.yml\n";
  CHECK(remote.lint(running("task utils:nonsense")).all().empty());
}

TEST_CASE("tasks: a program of that name in the repository knows its own tasks", "[lint]") {
  auto project = with_tasks();
  project.files["tools/task"] = "#!/bin/sh\n";
  CHECK(project
            .lint(running("echo \"$GITHUB_WORKSPACE/tools\" >> \"$GITHUB_PATH\"\n"
                          "          task nonsense"))
            .all()
            .empty());
}

TEST_CASE("tasks: Taskfiles are looked for upwards, and includes may go round", "[lint]") {
  Project project;
  project.files["Taskfile.yml"] = "includes:\n  other: ./other\ntasks:\n  top: echo\n";
  project.files["other/Taskfile.yml"] = "includes:\n  back: ../Taskfile.yml\ntasks:\n  low: echo\n";
  const auto read = project.facts().read_file;
  const auto names = read_task_names("some/where", read);
  REQUIRE(names);
  CHECK(names->may_have("top"));
  CHECK(names->may_have("other:low"));
  CHECK(names->may_have("other:back:anything"));
  CHECK_FALSE(names->may_have("low"));
}
