// The services of jobs, with a real engine.
#include <algorithm>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"
#include "tests/runner/engine/container_world.hpp"

using namespace crun::tests;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("services: a job takes the network that the one before it has left", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const auto job = [&](const std::string& id, const std::string& needs) {
    return "  " + id + ":\n    runs-on: x\n" + needs +
           "    services:\n      web: {image: " + world.image() +
           ", command: sleep 300}\n      other: {image: " + world.image() +
           ", command: sleep 300}\n    steps:\n      - run: echo in-${{ job.services.web.network "
           "}}\n";
  };
  const CalledProgram crun("on: push\njobs:\n" + job("one", "") + job("two", "    needs: one\n"));
  const auto called = crun.run({"-P", "x=host", "--pull", "never"}, world.environment());
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  auto lines = called.lines();
  std::erase_if(lines, [](const std::string& line) { return !line.starts_with("in-crun-"); });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == lines[1]);
  CHECK(world.left_of(called.events.at(0)["run"]) == "");
}

TEST_CASE(
    "services: one that does not start fails the job and takes the others along", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(
      "on: push\njobs:\n  one:\n    runs-on: x\n    container: " + world.image() +
      "\n    services:\n      good: {image: " + world.image() +
      ", command: sleep 300}\n      bad: {image: 'crun-test:none'}\n"
      "    steps:\n      - run: echo ran\n");
  const auto called = crun.run({"--pull", "never"}, world.environment());
  INFO(called.out << called.err);
  CHECK(called.code == 1);
  CHECK_FALSE(called.said("ran"));
  const auto& finished =
      *std::find_if(called.events.begin(), called.events.end(), [](const auto& event) {
        return event["event"] == "job.finished";
      });
  CHECK_THAT(finished["reason"], ContainsSubstring("cannot start service bad (crun-test:none)"));
  CHECK(world.left_of(called.events.at(0)["run"]) == "");
}

TEST_CASE("services: steps on the machine are told their network", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(
      "on: push\njobs:\n  one:\n    runs-on: x\n    services:\n      web: {image: " +
      world.image() +
      ", command: sleep 300}\n    steps:\n      - run: echo same-${{ job.container.network == "
      "job.services.web.network && job.container.network != '' }}\n");
  const auto called = crun.run({"-P", "x=host", "--pull", "never"}, world.environment());
  INFO(called.out << called.err);
  CHECK(called.said("same-true"));
}
