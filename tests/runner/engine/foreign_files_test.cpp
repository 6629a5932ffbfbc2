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
          args: -c "mkdir -p deep/er && echo of-root > deep/er/file && cat deep/er/file && AFTER"
)";

std::string workflow(const std::string& image, const std::string& after) {
  std::string text = files_of_root;
  text.replace(text.find("IMAGE"), 5, image);
  return text.replace(text.find("AFTER"), 5, after);
}

/// A user that the machine does not know, with the engine's socket behind a proxy.
class Nobody {
 public:
  Nobody(const CalledProgram& crun, const ContainerWorld& world)
      : crun_(crun),
        world_(world),
        folder_(crun.repository.beside(".").lexically_normal()),
        proxy_(world.socket(), folder_ / "engine.sock") {
    shell(
        folder_,
        fmt::format(
            "cp {} program && chown -R 12345:12345 . && chmod 666 engine.sock", CRUN_PROGRAM));
  }

  crun::tests::Called call(
      const std::vector<std::string>& arguments, std::vector<std::string> before = {}) const {
    std::vector<std::string> all = {"setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"};
    all.insert(all.end(), before.begin(), before.end());
    all.push_back((folder_ / "program").string());
    all.insert(all.end(), arguments.begin(), arguments.end());
    return crun_.call(
        std::move(all),
        {{"DOCKER_HOST", proxy_.host()}, {"PATH", world_.environment().get("PATH")}});
  }

 private:
  const CalledProgram& crun_;
  const ContainerWorld& world_;
  std::filesystem::path folder_;
  EngineProxy proxy_;
};

}  // namespace

TEST_CASE("a Docker action's files of another user go with the job", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty() || ::geteuid() != 0) {
    WARN("skipped: " << (world.missing().empty() ? "nobody else can be played" : world.missing()));
    return;
  }
  const CalledProgram crun(workflow(world.image(), "true"));
  const Nobody nobody(crun, world);
  const auto called = nobody.call({"run", "-P", "ubuntu-latest=host", "--pull", "never"});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.out.find("| of-root") != std::string::npos);
  CHECK(called.out.find("cannot be removed") == std::string::npos);
  CHECK(crun.leftovers() == "");
}

TEST_CASE(
    "what a killed run's containers wrote as another user goes with a cleanup", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty() || ::geteuid() != 0) {
    WARN("skipped: " << (world.missing().empty() ? "nobody else can be played" : world.missing()));
    return;
  }
  const CalledProgram crun(workflow(world.image(), "sleep 300"));
  const Nobody nobody(crun, world);
  const auto killed = nobody.call(
      {"run", "-P", "ubuntu-latest=host", "--pull", "never"}, {"timeout", "-s", "KILL", "6"});
  INFO(killed.out << killed.err);
  CHECK(killed.out.find("| of-root") != std::string::npos);
  CHECK(crun.leftovers().find("deep/er/file") != std::string::npos);
  const auto cleaned = nobody.call({"cleanup"});
  INFO(cleaned.out << cleaned.err);
  CHECK(cleaned.code == 0);
  CHECK(crun.leftovers() == "");
}
