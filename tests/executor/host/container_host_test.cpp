#include "executor/host/container_host.hpp"

#include <algorithm>

#include "tests/catch.hpp"

using namespace crun::executor;

namespace {

ContainerSettings settings() {
  ContainerSettings settings;
  settings.image = "alpine:3";
  settings.name = "crun-7-1-job";
  settings.label = "crun.run=7";
  settings.agent_folder = "/cache/7/.crun";
  settings.mounts = {{"/cache/7/a,b", "/__w/app"}, {"/cache/7/event", "/github/workflow", true}};
  settings.options = {"--entrypoint", "/bin/evil"};
  return settings;
}

}  // namespace

TEST_CASE(
    "container host: the image is last, after our program, whatever the options say", "[host]") {
  const auto arguments = run_arguments(settings());
  REQUIRE(arguments.size() > 3);
  const std::vector<std::string> end(arguments.end() - 3, arguments.end());
  CHECK(end == std::vector<std::string>{"--entrypoint", "/crun/agent", "alpine:3"});
}

TEST_CASE(
    "container host: mounts keep commas, and the engine's network is its own choice", "[host]") {
  const auto arguments = run_arguments(settings());
  const auto has = [&](const std::string& word) {
    return std::find(arguments.begin(), arguments.end(), word) != arguments.end();
  };
  CHECK(has("type=bind,\"source=/cache/7/a,b\",\"target=/__w/app\""));
  CHECK(has("type=bind,\"source=/cache/7/event\",\"target=/github/workflow\",readonly"));
  CHECK_FALSE(has("--network"));
}

TEST_CASE("engine: what its client says is told without its frills", "[host]") {
  EngineAnswer answer;
  answer.status = ExitStatus::from_code(125);
  answer.err =
      "docker: Error response from daemon: No such image: a:1.\n"
      "See 'docker run --help'.\n";
  CHECK(answer.trouble() == "No such image: a:1.");
  CHECK(says_no_such_image(answer.trouble()));
  answer.err =
      "docker: Error response from daemon: port is already allocated\n\n"
      "Run 'docker run --help' for more information\n";
  CHECK(answer.trouble() == "port is already allocated");
  answer.err =
      "invalid argument \"a b\" for \"-l, --label\" flag\n\n"
      "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n"
      "Run 'docker run --help' for more information\n";
  CHECK(answer.trouble() == "invalid argument \"a b\" for \"-l, --label\" flag");
  answer.err.clear();
  CHECK(answer.trouble() == "docker ended with exit code 125");
}
