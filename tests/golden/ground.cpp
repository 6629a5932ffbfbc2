#include "tests/golden/ground.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/net/registry.hpp"
#include "executor/process/command.hpp"

namespace crun::tests::golden {
namespace {

using executor::RegistryAnswer;
using nlohmann::json;

bool succeeds(std::vector<std::string> argv) {
  executor::Command command;
  command.argv = std::move(argv);
  try {
    return executor::run_command(command).status.success();
  } catch (const executor::Error&) {
    return false;
  }
}

bool has_engine() {
  return succeeds({"timeout", "10", "docker", "version"}) &&
         succeeds({"docker", "buildx", "version"});
}

/// Does the case talk to an engine, rather than to the recording?
bool needs_engine(const json& recording) {
  if (recording.contains("sim")) return false;
  for (const json& command : recording["expected"].value("argv", json::array())) {
    if (command["tool"] == "docker") return true;
  }
  return recording["expected"].contains("post") &&
         recording["expected"]["post"].value("argv", json::array()).size() > 0 &&
         recording["expected"]["post"]["argv"][0]["tool"] == "docker";
}

}  // namespace

Ground Ground::look() {
  Ground ground;
  ground.engine = has_engine();
  const auto open = executor::check_access("127.0.0.1:5001", std::nullopt);
  const auto closed = executor::check_access("127.0.0.1:5002", std::nullopt);
  ground.registries =
      open.kind == RegistryAnswer::Kind::found && closed.kind == RegistryAnswer::Kind::unauthorized;
  const auto hub = executor::check_access("docker.io", std::nullopt).kind;
  ground.docker_hub = hub != RegistryAnswer::Kind::unreachable;
  const char* path = std::getenv("PATH");
  if (const auto found = executor::find_program("busybox", path ? path : "")) {
    ground.busybox = found->string();
  }
  return ground;
}

std::string Ground::what_is_missing_for(const json& recording) const {
  if (!needs_engine(recording)) return {};
  if (!engine) return "no engine with buildx";
  const std::string id = recording["id"], text = recording.dump();
  if (docker_hub && id.ends_with("-offline")) return "Docker Hub can be reached here";
  if (!registries && text.find("127.0.0.1:500") != std::string::npos) {
    return "no registries on 127.0.0.1:5001 and :5002";
  }
  if (busybox.empty() && text.find("$IMG/busybox") != std::string::npos) return "no busybox";
  return {};
}

}  // namespace crun::tests::golden
