// The container engine through its command line: docker, or podman in its place. Arguments are
// arrays, never a shell's text; every call has a time limit and can be cancelled. The client is a
// child of the machine's agent, so that nothing of it outlives crun.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "executor/host/host.hpp"

namespace crun::executor {

enum class PullPolicy { missing, always, never };

/// How the engine's client is called. Secrets may be in the environment, never in arguments.
struct EngineClient {
  std::string program = "docker";
  Environment environment;  // complete: PATH, DOCKER_HOST, DOCKER_CONFIG, CRUN_CREDENTIALS
};

struct EngineAnswer {
  ExitStatus status = ExitStatus::from_code(0);
  std::string out, err;

  bool success() const { return status.success(); }
  /// What the client said last, without its "docker: " and "Error response from daemon: ".
  std::string trouble() const;
};

/// Of `docker image inspect`.
struct ImageFacts {
  std::string id;
  std::vector<std::string> entrypoint, command;
  std::string directory, user;
};

/// Of `docker container inspect`.
struct ContainerFacts {
  std::string id, name, image, network;
  std::string status;  // created, running, exited, ...
  std::string health;  // starting, healthy, unhealthy; empty: it has no health check
  int exit_code = 0;
  /// Port in the container -> port of this machine, "8080" -> "32768".
  std::vector<std::pair<std::string, std::string>> ports;
};

/// A call of the client with more than arguments.
struct EngineCall {
  std::vector<std::string> arguments;
  Environment environment;  // complete
  std::string script;       // see SpawnRequest: an --env-file that is on no disk
  std::chrono::seconds limit{30};
  OutputHandler on_output;
  /// It makes something in the engine, which would make it also after its client is gone: a cancel
  /// lets it come to its end, so that it can be removed.
  bool makes = false;
};

/// For DockerEngine::remove(): how long an engine may be in it with a container it is removing.
constexpr std::chrono::seconds patience_with_network{5};

class DockerEngine {
 public:
  using Arguments = std::vector<std::string>;

  DockerEngine(Host& machine, EngineClient client);

  const EngineClient& client() const { return client_; }
  Host& machine() { return machine_; }

  /// `docker ARGUMENTS` to its end. Throws Error: there is no client, it took longer than `limit`
  /// (then the engine does not answer), or it was cancelled.
  asio::awaitable<EngineAnswer> call(
      Arguments arguments,
      CancelSource& cancel,
      std::chrono::seconds limit = std::chrono::seconds(30),
      OutputHandler on_output = {});
  asio::awaitable<EngineAnswer> call(EngineCall what, CancelSource& cancel);

  /// Pulls with three tries; waiting is limited by `cancel` only. Throws Error that names the
  /// image.
  asio::awaitable<void> pull(
      std::string image, Environment environment, CancelSource& cancel, OutputHandler on_output);
  /// Throws Error when there is no such image.
  asio::awaitable<ImageFacts> inspect_image(std::string image, CancelSource& cancel);
  /// In the order of the names; throws Error when one is missing.
  asio::awaitable<std::vector<ContainerFacts>> inspect_containers(
      std::vector<std::string> names, CancelSource& cancel);
  /// `docker ARGUMENTS`, which remove something; again while the engine is itself still at it (a
  /// container with --rm, a network that one is still in) and `patience` lasts. Empty when it is
  /// gone, else why not. Never throws, and no cancel stops it.
  asio::awaitable<std::string> remove(
      Arguments arguments, std::chrono::seconds patience = std::chrono::seconds(0));
  /// Removes containers with their anonymous volumes, networks and volumes that carry the label
  /// ("crun.run=ID"). Empty when all is gone, else why not. Never throws.
  asio::awaitable<std::string> remove_labelled(std::string label);

 private:
  asio::awaitable<std::string> remove_kind(
      std::string label, Arguments list, Arguments remove, CancelSource& cancel);

  Host& machine_;
  EngineClient client_;
};

/// Of a client's name: podman has other files for credentials, and no BuildKit.
bool is_podman(std::string_view program);

/// Does this say that an image is not in the engine?
bool says_no_such_image(std::string_view trouble);

}  // namespace crun::executor
