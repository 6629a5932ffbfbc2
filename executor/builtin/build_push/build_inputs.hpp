// The inputs of build-push as the original reads them (docker-actions.md 3.1).
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

using Strings = std::vector<std::string>;

struct BuildInputs {
  Strings add_hosts, allow, annotations, attests, build_args, build_contexts;
  std::string builder;
  Strings cache_from, cache_to;
  std::string call, cgroup_parent, context, file;
  Strings labels;
  bool load = false;
  std::string network;
  bool no_cache = false;
  Strings no_cache_filters, outputs, platforms;
  std::string provenance;  // with its builder-id
  bool pull = false, push = false;
  std::string sbom;
  Strings secrets, secret_envs, secret_files;
  std::string shm_size;
  Strings ssh, tags;
  std::string target;
  Strings ulimit;
  std::string github_token;

  /// Not an input: the build context that an empty one stands for.
  std::string default_context;

  /// Will the build publish anything?
  bool publishes() const;
};

BuildInputs read_build_inputs(ActionRuntime& runtime);

/// What the original's post stage shows: the inputs that are set, as JSON, without the token. Of
/// secrets only the names: the state of a step is a file.
std::string shown_inputs(const BuildInputs& inputs);

}  // namespace crun::executor::builtin
