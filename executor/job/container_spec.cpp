#include "executor/job/container_spec.hpp"

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/job/container_options.hpp"

namespace crun::executor {

using workflow::Value;

namespace {

constexpr std::string_view docker_prefix = "docker://";

std::vector<std::string> texts(const Value& value) {
  std::vector<std::string> list;
  if (value.is_array()) {
    for (const auto& item : value.array()) list.push_back(item.to_string());
  } else if (!value.is_null() && !value.to_string().empty()) {
    list.push_back(value.to_string());
  }
  return list;
}

std::optional<Credentials> credentials_of(const Value& value) {
  if (!value.is_object()) return std::nullopt;
  Credentials credentials{value["username"].to_string(), value["password"].to_string()};
  if (credentials.username.empty() && credentials.password.empty()) return std::nullopt;
  if (credentials.username.empty() || credentials.password.empty()) {
    throw Error(
        "credentials: username and password must both have a value",
        "is the secret given? `-s NAME` takes it from the environment");
  }
  return credentials;
}

std::optional<ContainerSpec> read(const Value& value) {
  ContainerSpec spec;
  spec.image = value.is_object() ? value["image"].to_string() : value.to_string();
  if (spec.image.starts_with(docker_prefix)) spec.image.erase(0, docker_prefix.size());
  if (spec.image.empty()) return std::nullopt;
  if (spec.image.starts_with('-')) {  // the engine's client would read it as an option
    throw Error(fmt::format("'{}' is no name of an image", spec.image));
  }
  if (!value.is_object()) return spec;
  if (value["env"].is_object()) {
    for (const auto& [name, text] : value["env"].object()) {
      spec.environment.set(name, text.to_string());
    }
  }
  spec.ports = texts(value["ports"]);
  spec.volumes = texts(value["volumes"]);
  spec.options = check_options(value["options"].to_string());
  spec.credentials = credentials_of(value["credentials"]);
  spec.entrypoint = value["entrypoint"].to_string();
  spec.command = split_options(value["command"].to_string());
  return spec;
}

}  // namespace

std::optional<ContainerSpec> evaluate_container(
    const workflow::Token& token, const workflow::Scope& scope) {
  try {
    return read(evaluate(token, scope));
  } catch (const Error& error) {
    throw error.within("container");
  }
}

std::vector<ServiceSpec> evaluate_services(
    const workflow::Token& token, const workflow::Scope& scope) {
  std::vector<ServiceSpec> services;
  const auto value = evaluate(token, scope);
  if (!value.is_object()) return services;
  for (const auto& [name, service] : value.object()) {
    try {
      auto spec = read(service);
      if (spec) services.push_back({name, std::move(*spec)});
    } catch (const Error& error) {
      throw error.within(fmt::format("service {}", name));
    }
  }
  return services;
}

void place_volumes(ContainerSpec& spec, const std::string& workspace) {
  const auto place = [&workspace](std::string& word, std::size_t at = 0) {
    const auto source = std::string_view(word).substr(at, word.find(':', at) - at);
    const bool relative =
        source == "." || source == ".." || source.starts_with("./") || source.starts_with("../");
    if (relative) word.insert(at, workspace + "/");
  };
  for (auto& volume : spec.volumes) place(volume);
  bool is_value = false;  // of the word before
  for (auto& word : spec.options) {
    if (is_value) place(word);
    is_value = !is_value && (word == "-v" || word == "--volume");
    if (is_value) continue;
    for (const std::string_view option : {"--volume=", "-v"}) {
      if (word.starts_with(option)) place(word, option.size());
    }
  }
}

std::string image_of_labels(
    const workflow::Token* runs_on,
    const workflow::Scope& scope,
    const std::map<std::string, std::string>& images) {
  if (runs_on == nullptr || images.empty()) return {};
  const auto value = evaluate(*runs_on, scope);
  for (const auto& label : texts(value.is_object() ? value["labels"] : value)) {
    const auto found = images.find(label);
    if (found != images.end()) return found->second == "host" ? std::string() : found->second;
  }
  return {};
}

}  // namespace crun::executor
