// `container:` and `services:` of a job, evaluated: plain values, checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "executor/net/registry.hpp"
#include "executor/process/environment.hpp"
#include "workflow/expression/token.hpp"

namespace crun::executor {

struct ContainerSpec {
  std::string image;
  Environment environment;
  std::vector<std::string> ports, volumes;
  std::vector<std::string> options;  // words for `docker run`
  std::optional<Credentials> credentials;
  std::string entrypoint;            // of services
  std::vector<std::string> command;  // of services
};

struct ServiceSpec {
  std::string name;
  ContainerSpec container;
};

/// Nothing when there is no image, `container: ''`. Throws Error.
std::optional<ContainerSpec> evaluate_container(
    const workflow::Token& token, const workflow::Scope& scope);
/// In the order of the file, without those whose image is empty. Throws Error.
std::vector<ServiceSpec> evaluate_services(
    const workflow::Token& token, const workflow::Scope& scope);

/// Folders beside "." in volumes and options are those of the workspace, where GitHub's runner
/// calls the engine.
void place_volumes(ContainerSpec& spec, const std::string& workspace);

/// The image that -P gives to the first of the job's labels that has one; empty: this machine.
std::string image_of_labels(
    const workflow::Token* runs_on,
    const workflow::Scope& scope,
    const std::map<std::string, std::string>& images);

}  // namespace crun::executor
