// Files that a container's user wrote and crun's may not remove: with the job they go all the same.
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"
#include "tests/runner/engine/engine_proxy.hpp"

using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;
using crun::tests::EngineProxy;
using crun::tests::shell;

namespace {

constexpr const char* files_of_root = R"(on: push
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - uses: docker://IMAGE
        with:
          entrypoint: /bin/sh
          args: -c "mkdir -p deep/er && echo of-root > deep/er/file && cat deep/er/file"
)";

}  // namespace

TEST_CASE("a Docker action's files of another user go with the job", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty() || ::geteuid() != 0) {
    WARN("skipped: " << (world.missing().empty() ? "nobody else can be played" : world.missing()));
    return;
  }
  std::string workflow = files_of_root;
  workflow.replace(workflow.find("IMAGE"), 5, world.image());
  const CalledProgram crun(workflow);
  const auto everything = crun.repository.beside(".").lexically_normal();
  const EngineProxy proxy(world.socket(), everything / "engine.sock");
  shell(
      everything,
      fmt::format(
          "cp {} program && chown -R 12345:12345 . && chmod 666 engine.sock", CRUN_PROGRAM));
  const auto called = crun.call(
      {"setpriv",
       "--reuid=12345",
       "--regid=12345",
       "--clear-groups",
       (everything / "program").string(),
       "run",
       "-P",
       "ubuntu-latest=host",
       "--pull",
       "never"},
      {{"DOCKER_HOST", proxy.host()}, {"PATH", world.environment().get("PATH")}});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.out.find("| of-root") != std::string::npos);
  CHECK(called.out.find("cannot be removed") == std::string::npos);
  CHECK(crun.leftovers() == "");
}
