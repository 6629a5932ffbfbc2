// What a job in a container may cost, counted before the real engine.
#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"
#include "tests/runner/engine/engine_proxy.hpp"

using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;
using crun::tests::EngineProxy;

namespace {

constexpr int requests_per_job = 8;

std::string workflow(const std::string& image, int steps) {
  std::string text = fmt::format(
      "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n    container: {}\n    steps:\n",
      image);
  for (int step = 0; step < steps; ++step) text += "      - run: echo step-ran\n";
  return text;
}

struct Cost {
  int requests = 0, clients = 0;
};

/// A run whose client is a script that notes each call, and whose engine is behind a proxy.
Cost cost_of(const ContainerWorld& world, int steps) {
  const CalledProgram crun(workflow(world.image(), steps));
  const auto tools = crun.repository.beside("tools"), calls = crun.repository.beside("calls");
  std::filesystem::create_directory(tools);
  crun.repository.run(fmt::format(
      "printf '#!/bin/sh\\necho called >> {}\\nexec %s \"$@\"\\n' \"$(command -v docker)\" > "
      "{}/docker; chmod +x {}/docker; : > {}",
      calls.string(),
      tools.string(),
      tools.string(),
      calls.string()));
  Cost cost;
  {
    const EngineProxy proxy(world.socket(), crun.repository.beside("engine.sock"));
    auto environment = world.environment();
    environment.set("PATH", tools.string() + ":" + environment.get("PATH"));
    environment.set("DOCKER_HOST", proxy.host());
    const auto called = crun.run({"--pull", "never"}, environment);
    INFO(called.out << called.err);
    CHECK(called.code == 0);
    const auto lines = called.lines();
    CHECK(std::count(lines.begin(), lines.end(), "step-ran") == steps);
    CHECK(world.left_of(called.events.at(0)["run"]) == "");
    cost.requests = proxy.requests();
  }
  std::ifstream file(calls);
  for (std::string line; std::getline(file, line);) ++cost.clients;
  CHECK(crun.leftovers() == "");
  return cost;
}

}  // namespace

TEST_CASE(
    "a job in a container: no step costs a request to the engine or a client's process",
    "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const auto one = cost_of(world, 1), many = cost_of(world, 31);
  CHECK(one.requests >= 3);  // or nothing was counted
  CHECK(one.requests <= requests_per_job);
  CHECK(many.requests == one.requests);
  CHECK(one.clients >= 1);
  CHECK(many.clients == one.clients);
}
