// The builder that the inputs of setup-buildx-action ask for, and the command lines that make it
// (docker-actions.md 5).
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/docker/temporary_folder.hpp"

namespace crun::executor::builtin {

/// A further node of the builder (`append`).
struct AppendedNode {
  std::string name, endpoint, buildkitd_flags, platforms;
  std::vector<std::string> driver_options;
};

struct BuilderRequest {
  std::string name, driver, endpoint, buildkitd_flags;
  std::string config, config_inline;
  std::vector<std::string> driver_options, platforms;
  std::vector<AppendedNode> nodes;
  bool use = true, install = false, cleanup = true, keep_state = false;
};

BuilderRequest read_builder_request(const ActionRuntime& runtime);

/// `buildx create ...`; a configuration is copied to `folder`.
std::vector<std::string> create_arguments(
    const BuilderRequest& request, const TemporaryFolder& folder);
std::vector<std::string> append_arguments(const BuilderRequest& request, const AppendedNode& node);

}  // namespace crun::executor::builtin
