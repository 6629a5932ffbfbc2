#include "executor/builtin/login/registry_login.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "workflow/yaml/reader.hpp"

namespace crun::executor::builtin {
namespace {

constexpr Version names_docker_io{3, 6, 0};
constexpr Version knows_scopes{3, 7, 0};

/// $DOCKER_CONFIG/buildx/config/<registry>/<scope>, where buildx looks for credentials of a scope.
std::string folder_of_scope(const ActionRuntime& runtime, const RegistryLogin& login) {
  const bool switched_off = runtime.env("DOCKER_LOGIN_SCOPE_DISABLED") == "true";
  if (login.scope.empty() || switched_off || runtime.version() < knows_scopes) return {};
  std::string base = runtime.env("DOCKER_CONFIG");
  if (base.empty()) base = runtime.env("HOME") + "/.docker";
  const bool hub = login.registry.empty() || login.registry == "docker.io";
  return fmt::format(
      "{}/buildx/config/{}{}{}",
      base,
      hub ? "registry-1.docker.io" : login.registry,
      login.scope.starts_with('@') ? "" : "/",
      login.scope);
}

RegistryLogin from_inputs(const ActionRuntime& runtime) {
  RegistryLogin login;
  login.registry = runtime.input("registry");
  if (login.registry.empty() && runtime.version() >= names_docker_io) login.registry = "docker.io";
  login.username = runtime.input("username");
  login.password = runtime.input("password");
  login.scope = runtime.input("scope");
  const std::string ecr = runtime.input("ecr");
  if (!ecr.empty()) login.ecr = ecr;
  return login;
}

RegistryLogin from_yaml(const workflow::Node& entry) {
  const auto text = [&entry](std::string_view key) {
    const workflow::Node* value = entry.find(key);
    return value && value->is_scalar() ? value->text : std::string();
  };
  RegistryLogin login;
  login.registry = text("registry").empty() ? "docker.io" : text("registry");
  login.username = text("username");
  login.password = text("password");
  login.scope = text("scope");
  if (!text("ecr").empty()) login.ecr = text("ecr");
  return login;
}

std::vector<RegistryLogin> from_registry_auth(const std::string& text) {
  workflow::Diagnostics diagnostics;
  const auto source = std::make_shared<workflow::SourceFile>("registry-auth", text);
  const workflow::NodePtr root = workflow::read_yaml(source, diagnostics);
  if (!root || root->kind != workflow::Node::Kind::sequence) {
    throw Failed("the input registry-auth is no YAML list of registry, username and password");
  }
  std::vector<RegistryLogin> logins;
  for (const workflow::NodePtr& entry : root->items) logins.push_back(from_yaml(*entry));
  if (logins.empty()) throw Failed("No registry to login");
  return logins;
}

}  // namespace

std::vector<RegistryLogin> read_logins(const ActionRuntime& runtime) {
  std::vector<RegistryLogin> logins;
  const std::string several = runtime.input("registry-auth");
  if (several.empty() || runtime.version() < names_docker_io) {
    logins.push_back(from_inputs(runtime));
  } else {
    const std::string ecr = runtime.input("ecr");
    const bool others = !runtime.input("registry").empty() || !runtime.input("username").empty() ||
                        !runtime.input("password").empty() || !runtime.input("scope").empty() ||
                        (!ecr.empty() && ecr != "auto");
    if (others) throw Failed("Cannot use registry-auth with other inputs");
    logins = from_registry_auth(several);
  }
  for (RegistryLogin& login : logins) login.config_folder = folder_of_scope(runtime, login);
  return logins;
}

void require_credentials(const RegistryLogin& login) {
  if (login.username.empty() && login.password.empty()) {
    throw Failed("Username and password required");
  }
  if (login.username.empty()) throw Failed("Username required");
  if (login.password.empty()) throw Failed("Password required");
}

}  // namespace crun::executor::builtin
