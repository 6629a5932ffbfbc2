// docker/login-action: `docker login` with the password on stdin. In a local run docker's folder is
// the job's own and its credentials are in memory (net/credentials.hpp); the logout of the post
// stage cannot touch those of the user. Podman is told of the same store for each registry.
#include "executor/builtin/login.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/docker/docker_command.hpp"
#include "executor/builtin/docker/engine.hpp"
#include "executor/builtin/docker/registry_map.hpp"
#include "executor/builtin/login/ecr.hpp"
#include "executor/builtin/login/registry_login.hpp"
#include "executor/net/credentials.hpp"

namespace crun::executor::builtin {
namespace {

using nlohmann::json;

/// Since v3.6 the state is a list, as there may be several registries.
constexpr Version several_registries{3, 6, 0};

bool is_local(const ActionRuntime& runtime) {
  return runtime.env("CRUN_LOCAL") == "1";
}

DockerCall docker_call(
    const ActionRuntime& runtime,
    const std::string& config_folder,
    std::vector<std::string> arguments) {
  DockerCall call;
  call.arguments = std::move(arguments);
  if (uses_podman(runtime)) {
    auto& registry = call.arguments.back();
    if (registry.empty()) registry = "docker.io";  // podman's own default is another one
    const auto file = add_podman_registry(runtime.env("DOCKER_CONFIG"), registry);
    call.environment.emplace_back("REGISTRY_AUTH_FILE", file.string());
  }
  call.environment.emplace_back("DOCKER_CONTENT_TRUST", "false");
  if (!config_folder.empty()) call.environment.emplace_back("DOCKER_CONFIG", config_folder);
  return call;
}

void save_registries(ActionRuntime& runtime, const std::vector<RegistryLogin>& logins) {
  if (runtime.version() < several_registries) {
    runtime.save_state("registry", logins.front().registry);
    return;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const RegistryLogin& login : logins) {
    nlohmann::ordered_json entry;
    entry["registry"] = login.registry;
    entry["configDir"] = login.config_folder;
    list.push_back(entry);
  }
  runtime.save_state("registries", list.dump());
}

void follow_map(ActionRuntime& runtime, std::vector<RegistryLogin>& logins) {
  const RegistryMap map = RegistryMap::parse(runtime.env("CRUN_REGISTRY_MAP"));
  for (RegistryLogin& login : logins) {
    const auto mapped = map.registry(login.registry);
    if (!mapped) continue;
    runtime.info(fmt::format(
        "mapped {} -> {}", login.registry.empty() ? "docker.io" : login.registry, *mapped));
    login.registry = *mapped;
    login.ecr = "false";
  }
}

void log_in(ActionRuntime& runtime, RegistryLogin login) {
  if (is_amazon_registry(login)) {
    login = amazon_login(runtime, std::move(login));
  } else {
    require_credentials(login);
  }
  const std::string place = login.registry.empty() ? "Docker Hub" : login.registry;
  runtime.info(
      login.config_folder.empty()
          ? fmt::format("Logging into {}...", place)
          : fmt::format("Logging into {} (scope {})...", place, login.scope));
  if (!login.config_folder.empty() && is_local(runtime)) {
    write_docker_config(login.config_folder, read_docker_config(runtime.env("DOCKER_CONFIG")));
  }
  DockerCall call = docker_call(
      runtime,
      login.config_folder,
      {"login", "--password-stdin", "--username", login.username, login.registry});
  call.input = login.password;
  call.silent = true;
  const DockerOutcome outcome = run_docker(runtime, call);
  if (!outcome.success()) {
    const std::string where =
        is_local(runtime) ? fmt::format("\ncannot log in to {} as {}", place, login.username) : "";
    throw Failed(outcome.whole_text() + where);
  }
  runtime.info("Login Succeeded!");
}

void main_stage(ActionRuntime& runtime) {
  runtime.save_state("isPost", "true");
  const bool logout = runtime.boolean_input("logout");
  runtime.save_state("logout", logout ? "true" : "false");
  std::vector<RegistryLogin> logins = read_logins(runtime);
  follow_map(runtime, logins);
  save_registries(runtime, logins);
  const bool listed = !runtime.input("registry-auth").empty();
  for (const RegistryLogin& login : logins) {
    if ((listed || is_local(runtime)) && !login.password.empty()) runtime.add_mask(login.password);
  }
  if (is_local(runtime)) check_engine(runtime);
  for (const RegistryLogin& login : logins) {
    if (listed) runtime.group("Login to " + login.registry);
    log_in(runtime, login);
    if (listed) runtime.end_group();
  }
}

void log_out(
    ActionRuntime& runtime, const std::string& registry, const std::string& config_folder) {
  const DockerOutcome outcome =
      run_docker(runtime, docker_call(runtime, config_folder, {"logout", registry}));
  if (!outcome.success()) runtime.warning(outcome.whole_text());
}

void post_stage(ActionRuntime& runtime) {
  if (runtime.state("logout") != "true") return;
  if (runtime.version() < several_registries) {
    log_out(runtime, runtime.state("registry"), {});
    return;
  }
  const json registries = json::parse(runtime.state("registries"), nullptr, false);
  if (!registries.is_array()) return;
  for (const json& entry : registries) {
    if (!entry.is_object()) continue;
    const std::string registry = entry.value("registry", "");
    const std::string folder = entry.value("configDir", "");
    runtime.group("Logout from " + registry);
    if (!folder.empty()) runtime.info("Alternative config dir: " + folder);
    log_out(runtime, registry, folder);
    runtime.end_group();
  }
}

}  // namespace

void run_login(ActionRuntime& runtime) {
  runtime.stage() == Stage::post ? post_stage(runtime) : main_stage(runtime);
}

}  // namespace crun::executor::builtin
