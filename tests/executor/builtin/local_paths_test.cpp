#include "executor/builtin/build_push/local_paths.hpp"

#include "executor/context/apart.hpp"
#include "tests/catch.hpp"
#include "tests/executor/builtin/action_world.hpp"

namespace fs = std::filesystem;
using namespace crun::executor;

namespace {

void read_and_check(builtin::ActionRuntime& runtime) {
  builtin::check_local_paths(runtime, builtin::read_build_inputs(runtime));
}

/// What is wrong with an input, where `out` is a link out of the workspace.
std::string complaint(std::string name, std::string value, bool apart = true) {
  crun::tests::ScratchFolder scratch;
  crun::tests::ActionWorld world(read_and_check, "6.0.0");
  world.folder = scratch.path() / "workspace";
  fs::create_directories(world.folder / "app");
  fs::create_directories(scratch.path() / "private");
  fs::create_directory_symlink("../private", world.folder / "out");
  world.environment["GITHUB_WORKSPACE"] = world.folder;
  if (apart) world.environment[apart_variable] = "1";
  for (const char* flag : {"load", "push", "pull", "no-cache"}) world.inputs[flag] = "false";
  world.inputs[std::move(name)] = std::move(value);
  return world.run().failure;
}

}  // namespace

TEST_CASE(
    "build paths: a link of an apart step does not lead the build to the machine", "[builtin]") {
  CHECK_THAT(complaint("context", "out"), Catch::Matchers::StartsWith("context: 'out' is a link"));
  CHECK_THAT(complaint("file", "out/../private"), Catch::Matchers::StartsWith("file: "));
  CHECK_FALSE(complaint("build-contexts", "base=./out").empty());
  CHECK_FALSE(complaint("secret-files", "key=out/key").empty());
  CHECK_FALSE(complaint("outputs", "type=local,dest=out").empty());
  CHECK_FALSE(complaint("outputs", "out").empty());
  CHECK_FALSE(complaint("outputs", "type=tar,dest=out/new").empty());
  CHECK_FALSE(complaint("cache-to", "type=local,dest=out/cache/../..").empty());
}

TEST_CASE("build paths: what lies in the workspace, or is no path, is fine", "[builtin]") {
  CHECK(complaint("context", "app") == "");
  CHECK(complaint("context", "https://example.invalid/a.git#main") == "");
  CHECK(complaint("outputs", "type=local,dest=app/new") == "");
  CHECK(complaint("cache-from", "type=local,src=/tmp/.buildx-cache") == "");
  CHECK(complaint("context", "out", false) == "");  // steps that could go there themselves
}
