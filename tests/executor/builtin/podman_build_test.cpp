// What built-in actions make of podman as the run's engine, without calling it.
#include "executor/builtin/build_push/build_arguments.hpp"
#include "executor/builtin/setup_buildx.hpp"
#include "tests/catch.hpp"
#include "tests/executor/builtin/action_world.hpp"

using namespace crun::executor::builtin;
using Catch::Matchers::ContainsSubstring;
using crun::tests::ActionWorld;

TEST_CASE("podman build: what needs BuildKit is named", "[builtin]") {
  const ActionRuntime runtime(Stage::main, {});
  BuildInputs inputs;
  inputs.context = ".";
  inputs.builder = podman_builder;
  inputs.platforms = {"linux/amd64"};
  inputs.cache_to = {"type=inline"};
  CHECK(inputs_beyond_podman(runtime, inputs).empty());
  inputs.builder = "builder-1";
  inputs.platforms.emplace_back("linux/arm64");
  inputs.outputs = {"type=oci,dest=x.tar"};
  inputs.sbom = "true";
  CHECK(
      inputs_beyond_podman(runtime, inputs) ==
      Strings{"builder", "outputs", "platforms (several)", "sbom"});
  inputs = {};
  inputs.sbom = "false";
  CHECK(inputs_beyond_podman(runtime, inputs).empty());
}

TEST_CASE("podman build: its command line has no option that is buildx's alone", "[builtin]") {
  const crun::tests::ScratchFolder folder;
  ::setenv("RUNNER_TEMP", folder.path().c_str(), 1);
  ActionRuntime runtime(Stage::main, {});
  const TemporaryFolder own(runtime);
  ::unsetenv("RUNNER_TEMP");
  BuildInputs inputs;
  inputs.context = "app";
  inputs.file = "app/Dockerfile";
  inputs.tags = {"a:1", "a:2"};
  inputs.build_args = {"X=1"};
  inputs.cache_from = {"type=gha"};
  inputs.push = inputs.load = true;
  auto command = podman_build_command(runtime, inputs, own);
  std::erase(command.arguments, command.id_file.string());
  CHECK(
      command.arguments == Strings{
                               "build",
                               "--build-arg",
                               "X=1",
                               "--file",
                               "app/Dockerfile",
                               "--iidfile",
                               "--tag",
                               "a:1",
                               "--tag",
                               "a:2",
                               "app"});
}

TEST_CASE("setup-buildx: podman needs no builder, and has none elsewhere", "[builtin]") {
  ActionWorld world(run_setup_buildx, "v3");
  world.environment = {{"CRUN_LOCAL", "1"}, {"CRUN_ENGINE", "podman"}};
  world.inputs = {
      {"driver", "docker-container"},
      {"install", "false"},
      {"use", "true"},
      {"cleanup", "true"},
      {"keep-state", "false"}};
  auto result = world.run();
  CHECK(result.failure == "");
  CHECK(result.outputs["name"] == podman_builder);
  CHECK(result.outputs["driver"] == "podman");
  CHECK_THAT(result.log, ContainsSubstring("podman has no buildx and needs no builder"));
  world.inputs["driver"] = "kubernetes";
  CHECK_THAT(
      world.run().failure,
      ContainsSubstring("there is no builder of driver kubernetes") &&
          ContainsSubstring("or use --engine docker"));
}
