#include "runner/engine/machine.hpp"

#include <array>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace crun::runner {

using executor::Environment;

namespace {

// Another runner's variables would tell steps about the wrong run.
constexpr std::array foreign_prefixes = {"GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "STATE_"};
constexpr std::array own_variables = {
    "CRUN_CREDENTIALS",
    "CRUN_REPORT",
    "CRUN_CHECKOUT",
    "CRUN_REGISTRY_MAP",
    "CRUN_LOCAL",
    "CRUN_ENGINE",
    "ACT",
    "CRUN"};

}  // namespace

Environment machine_environment(const RunOptions& options) {
  Environment environment;
  for (const auto& [name, value] : Environment::inherited()) {
    bool foreign = false;
    for (const std::string_view prefix : foreign_prefixes) {
      foreign = foreign || name.starts_with(prefix);
    }
    for (const std::string_view own : own_variables) foreign = foreign || name == own;
    if (!foreign) environment.set(name, value);
  }
  for (const auto& name : options.secret_variables) environment.unset(name);
  return environment;
}

Environment extra_environment(const RunOptions& options) {
  Environment environment;
  if (options.act) {
    environment.set("ACT", "true");
    environment.set("CRUN", "true");
  }
  for (const auto& [name, value] : options.env) environment.set(name, value);
  return environment;
}

std::filesystem::path user_docker_config() {
  if (const char* folder = std::getenv("DOCKER_CONFIG"); folder != nullptr && *folder != 0) {
    return folder;
  }
  const char* home = std::getenv("HOME");
  return home != nullptr ? std::filesystem::path(home) / ".docker" : std::filesystem::path();
}

std::string crun_program() {
  std::array<char, 4096> buffer{};
  const auto length = ::readlink("/proc/self/exe", buffer.data(), buffer.size() - 1);
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : "crun";
}

bool wants_colours() {
  if (::isatty(STDOUT_FILENO) == 0 || std::getenv("NO_COLOR") != nullptr) return false;
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace crun::runner
