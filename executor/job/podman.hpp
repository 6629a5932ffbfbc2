// Where podman is not docker: it finds credentials through another file, asks a container to end
// before it removes it, and leaves health checks to the timers of systemd.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "executor/host/docker_engine.hpp"

namespace crun::executor {

/// What `run` needs before the user's options, so that removing ends a container at once.
std::vector<std::string> run_options_for(const EngineClient& client);

/// Makes `environment` find the credentials for an image in the store that it names. `folder` is
/// the job's own and gets no secret.
void find_credentials(
    const EngineClient& client,
    Environment& environment,
    const std::filesystem::path& folder,
    const std::string& image);

/// Runs the health checks of services where nobody else does: with podman, without systemd.
class HealthChecks {
 public:
  explicit HealthChecks(DockerEngine& engine);

  /// Those that are due of these containers, each after its interval. Throws Error.
  asio::awaitable<void> run_due(std::vector<std::string> containers, CancelSource& cancel);

 private:
  using Clock = std::chrono::steady_clock;

  struct Check {
    Clock::duration interval{}, timeout{};
    Clock::time_point due;
  };

  asio::awaitable<void> read(std::string container, CancelSource& cancel);

  DockerEngine& engine_;
  bool ours_;
  std::map<std::string, Check> checks_;
};

}  // namespace crun::executor
