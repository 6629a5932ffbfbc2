#include "executor/builtin/build_push/build_failure.hpp"

#include "tests/catch.hpp"

using namespace crun::executor::builtin;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("build failure: a tag docker refuses is told with the reason", "[builtin]") {
  CHECK(trouble_with_tag("127.0.0.1:5001/team/app:1.0.9").empty());
  CHECK(trouble_with_tag("sidpalas/demo:1.0.9-0003-2c7355d").empty());
  CHECK_THAT(
      trouble_with_tag("ghcr.io/Octo/App:V1"),
      ContainsSubstring("must be lowercase: ghcr.io/octo/app:V1"));
  CHECK_THAT(
      trouble_with_tag("team/app:services/go/api@1.0.9"), ContainsSubstring("invalid reference"));
  CHECK_THAT(trouble_with_tag(":1.0.9"), ContainsSubstring("invalid reference"));
  CHECK_FALSE(trouble_with_tag("").empty());
}

TEST_CASE("build failure: a missing Dockerfile is named with its folder", "[builtin]") {
  BuildInputs inputs;
  inputs.context = "app";
  CHECK(dockerfile_path(inputs) == "app/Dockerfile");
  const ActionRuntime runtime(Stage::main, {});
  const BuildFailure failure = explain_failure(
      runtime,
      inputs,
      BuildProgress(),
      "ERROR: failed to solve: failed to read dockerfile: open Dockerfile: no such file or "
      "directory");
  CHECK_THAT(failure.message, ContainsSubstring("the file app/Dockerfile does not exist"));
}

TEST_CASE("build failure: a mistake in a Dockerfile points to its line", "[builtin]") {
  BuildInputs inputs;
  inputs.context = ".";
  inputs.file = "docker/app.Dockerfile";
  const ActionRuntime runtime(Stage::main, {});
  const BuildFailure failure = explain_failure(
      runtime,
      inputs,
      BuildProgress(),
      "ERROR: failed to solve: dockerfile parse error on line 12: unknown instruction: FORM");
  CHECK(failure.place.at("file") == "docker/app.Dockerfile");
  CHECK(failure.place.at("line") == "12");
}
