#include "executor/context/apart.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace crun::executor {

namespace {

/// Of the dynamic linker, C library, shells, git, ssh, docker, podman, and of the interpreters that
/// clients of registries are written in.
constexpr std::array<std::string_view, 30> prefixes = {
    "LD_",     "GLIBC_",  "GCONV_",  "MALLOC_",    "GIT_",       "SSH_",
    "DOCKER_", "BUILDX_", "XDG_",    "CRUN_",      "OPENSSL_",   "SSL_",
    "KRB5",    "GPG",     "GNUPG",   "CONTAINER_", "CONTAINERS", "STORAGE_",
    "NODE_",   "PYTHON",  "PERL",    "RUBY",       "BASH_",      "PODMAN_",
    "LOCPATH", "NLSPATH", "AWS_CON", "AWS_SHARED", "REGISTRY_A", "TMPDIR"};

constexpr std::array<std::string_view, 9> names = {
    "PATH", "HOME", "SHELL", "ENV", "IFS", "EDITOR", "VISUAL", "PAGER", "HOSTALIASES"};

/// Of those, what only says how an action works.
constexpr std::array<std::string_view, 6> harmless = {
    "DOCKER_METADATA_",
    "DOCKER_BUILD_",
    "DOCKER_DEFAULT_",
    "DOCKER_BUILDKIT",
    "BUILDX_NO_",
    "BUILDX_BUILDER"};

template <std::size_t size>
bool begins(std::string_view name, const std::array<std::string_view, size>& list) {
  return std::any_of(
      list.begin(), list.end(), [name](auto prefix) { return name.starts_with(prefix); });
}

}  // namespace

bool is_apart(const RunFacts& run, const JobPlace& place) {
  return run.sandbox || place.in_container;
}

bool chooses_programs(std::string_view name) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  return begins(name, prefixes) && !begins(name, harmless);
}

void distrust_repositories(
    Environment& environment, const std::string& hooks, std::string_view server_url) {
  add_git_setting(environment, "safe.directory", "*");
  add_git_setting(environment, "core.hooksPath", hooks);
  add_git_setting(environment, "core.fsmonitor", "false");
  add_git_setting(environment, "core.sshCommand", "ssh");
  add_git_setting(environment, "core.askPass", "false");
  add_git_setting(environment, "credential.helper", "");  // forgets all there are
  add_git_setting(environment, "log.showSignature", "false");
  // A repository on the same machine is read by a program that the configuration names.
  const bool local = server_url.starts_with("file:");
  environment.set("GIT_ALLOW_PROTOCOL", local ? "http:https:ssh:file" : "http:https:ssh");
}

void add_git_setting(Environment& environment, const std::string& key, const std::string& value) {
  const auto count = std::max(0, std::atoi(environment.get("GIT_CONFIG_COUNT").c_str()));
  environment.set(fmt::format("GIT_CONFIG_KEY_{}", count), key);
  environment.set(fmt::format("GIT_CONFIG_VALUE_{}", count), value);
  environment.set("GIT_CONFIG_COUNT", std::to_string(count + 1));
}

}  // namespace crun::executor
