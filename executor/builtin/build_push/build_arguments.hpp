// The command line of the build, in the original's order, and the files it needs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/build_push/build_inputs.hpp"
#include "executor/builtin/docker/buildx.hpp"
#include "executor/builtin/docker/temporary_folder.hpp"

namespace crun::executor::builtin {

struct BuildCommand {
  std::vector<std::string> arguments;  // after `docker`
  std::filesystem::path id_file;       // empty: the build has no image id
  std::filesystem::path metadata_file;
};

/// Writes secrets to files of `folder`. `modern_buildkit`: see attestation_arguments.
BuildCommand build_command(
    ActionRuntime& runtime,
    const BuildInputs& inputs,
    const TemporaryFolder& folder,
    const BuildxVersion& buildx,
    bool modern_buildkit);

/// What of the inputs podman cannot do, by their names. It builds one image for one platform, into
/// its own store.
Strings inputs_beyond_podman(const ActionRuntime& runtime, const BuildInputs& inputs);

/// The same build by podman itself. What only makes a build faster (caches) is left out.
BuildCommand podman_build_command(
    ActionRuntime& runtime, const BuildInputs& inputs, const TemporaryFolder& folder);

}  // namespace crun::executor::builtin
