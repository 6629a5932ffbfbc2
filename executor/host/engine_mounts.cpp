#include "executor/host/engine_mounts.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/socket.h>
#include <sys/un.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/process/fd.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view scheme = "unix://";

bool names_another_context(const std::string& name) {
  return !name.empty() && name != "default";
}

/// Where the docker client connects to; empty when that is no socket known by its path.
std::string socket_of(const Environment& environment) {
  const auto host = environment.get("DOCKER_HOST");
  if (!host.empty()) {
    return host.starts_with(scheme) ? host.substr(scheme.size()) : std::string();
  }
  auto context = environment.get("DOCKER_CONTEXT");
  if (context.empty()) {
    std::ifstream file(fs::path(environment.get("DOCKER_CONFIG")) / "config.json");
    const auto config = nlohmann::json::parse(file, nullptr, false);
    if (config.is_object()) context = config.value("currentContext", "");
  }
  return names_another_context(context) ? std::string() : "/var/run/docker.sock";
}

fs::path mounts_of(const std::string& process) {
  std::error_code problem;
  return fs::read_symlink("/proc/" + process + "/ns/mnt", problem);
}

/// Process 1 listens in an engine's place until that is wanted. Any other program only passes on
/// what it gets.
bool is_engine_here(pid_t process) {
  const auto number = std::to_string(process);
  std::string name;
  std::getline(std::ifstream("/proc/" + number + "/comm"), name);
  if (process != 1 && name != "dockerd" && name != "podman") return false;
  const auto theirs = mounts_of(number);
  return !theirs.empty() && theirs == mounts_of("self");
}

}  // namespace

bool engine_sees_mounts(const EngineClient& client) {
  const auto& environment = client.environment;
  if (is_podman(client.program)) {  // its containers are children of the client
    return environment.get("CONTAINER_HOST").empty() &&
           environment.get("CONTAINER_CONNECTION").empty();
  }
  const auto path = socket_of(environment);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return false;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno == ENOENT || errno == ECONNREFUSED;
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0 &&
         is_engine_here(peer.pid);
}

}  // namespace crun::executor
