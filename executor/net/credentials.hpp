// Registry credentials of a job, in memory only. docker stores and asks through its credential
// helper: the job's private docker configuration names the helper "crun", and crun started as
// `docker-credential-crun` speaks to the run over a Unix socket. Nothing is ever on disk, and the
// user's own docker configuration is never read for credentials nor changed.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "executor/net/registry.hpp"

namespace crun::executor {

/// The store and its socket; loop thread only. One per job.
class CredentialStore {
 public:
  /// Called with every password and token that is stored, before the helper answers: a masker.
  using OnStore = std::function<void(std::string_view secret)>;

  /// Listens on `socket` (mode 0600; a long path is fine). Throws Error.
  CredentialStore(
      boost::asio::any_io_executor executor, std::filesystem::path socket, OnStore on_store = {});
  /// Ends all conversations and removes the socket.
  ~CredentialStore();
  CredentialStore(const CredentialStore&) = delete;
  CredentialStore& operator=(const CredentialStore&) = delete;

  const std::filesystem::path& socket() const;
  /// As a login would.
  void add(const std::string& registry, Credentials credentials);
  /// Of a registry host ("docker.io", "127.0.0.1:5002").
  std::optional<Credentials> find(const std::string& registry) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The name under which docker stores a registry: "https://index.docker.io/v1/" for docker.io.
std::string credential_server_name(std::string_view registry);

/// Asks the store at $CRUN_CREDENTIALS; nothing when there is none, or it knows nothing.
std::optional<Credentials> stored_credentials(const std::string& registry);

/// crun under the name `docker-credential-crun`: verb (get, store, erase, list) from argv[1],
/// the rest from stdin. Returns the exit code.
int run_credential_helper(std::string_view verb);

/// Where podman looks for what docker finds in its configuration: `folder`/auth.json, which names
/// the helper for this registry besides those it named before. For $REGISTRY_AUTH_FILE. Throws
/// Error.
std::filesystem::path add_podman_registry(
    const std::filesystem::path& folder, const std::string& registry);

/// That file, when it is there: podman takes none that is not. Empty before the first login.
std::filesystem::path podman_registries(const std::filesystem::path& folder);

/// What a docker of ours has of the user's configuration.
struct DockerConfig {
  std::string text;                // of config.json
  std::filesystem::path contexts;  // the user's folder of them; empty: there is none
};

/// It names the helper and finds the user's plugins; proxies, contexts and the current context of
/// `user_folder` are taken over, credentials never.
DockerConfig read_docker_config(const std::filesystem::path& user_folder);

/// Makes the private `folder` (mode 0700) with that configuration. Throws Error.
void write_docker_config(const std::filesystem::path& folder, const DockerConfig& config);

}  // namespace crun::executor
