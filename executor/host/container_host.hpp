// Steps in a container: one `docker run -i` starts it with the agent as its program, and the
// client's standard streams are the channel. A step costs no request to the engine. When crun goes,
// also by kill -9, the stream ends, the agent ends everything, and --rm removes the container.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/host/docker_engine.hpp"
#include "executor/host/host.hpp"

namespace crun::executor {

struct Mount {
  std::string source, target;
  bool read_only = false;
  bool slave = false;  // what is mounted below the source later appears, if that is shared
};

/// What to start. Environment travels in the frames of steps, so there is none here.
struct ContainerSettings {
  std::string image;
  std::string name;           // unique in the engine
  std::string label;          // "crun.run=ID"
  std::string network;        // empty: the engine's own
  std::string network_alias;  // with a network of our own
  std::string directory;      // --workdir
  std::string agent_folder;   // on this machine; holds `agent`, readable for everybody: /crun
  std::string id_file;        // where the client writes the container's id; must not exist yet
  std::vector<Mount> mounts;
  std::vector<std::string> ports;    // as -p takes them
  std::vector<std::string> volumes;  // as -v takes them
  std::vector<std::string> options;  // more arguments of `docker run`, checked before
};

class ContainerHost : public Host {
 public:
  /// `start_cancel` ends up() early. The engine must outlive the host.
  ContainerHost(
      asio::any_io_executor executor,
      DockerEngine& engine,
      ContainerSettings settings,
      CancelSource& start_cancel,
      KillPatience patience = {});
  ~ContainerHost() override;

  /// Throws Error: no such image (see says_no_such_image), no engine, options it refuses.
  asio::awaitable<void> up() override;
  asio::awaitable<SpawnResult> run(
      SpawnRequest request, OutputHandler output, CancelSource& cancel) override;
  asio::awaitable<void> down() override;

  /// What programs find in the container: ENV of the image and what the engine adds.
  const Environment& environment() const;
  const std::string& id() const;
  /// Removes what is in these folders, as they are called inside: with the rights of the
  /// container's user, which crun may not have. Never throws.
  asio::awaitable<void> empty_folders(std::vector<std::string> folders);
  /// After down(): why the container may still be there; empty when it is gone.
  const std::string& left() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The arguments of the engine's client, without its name.
std::vector<std::string> run_arguments(const ContainerSettings& settings);

}  // namespace crun::executor
