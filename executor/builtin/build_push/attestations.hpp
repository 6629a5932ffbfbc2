// Provenance and SBOM attestations: which a build asks for, and how (docker-actions.md 3.2).
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/build_push/build_inputs.hpp"
#include "executor/builtin/docker/buildx.hpp"

namespace crun::executor::builtin {

/// The input `provenance`, with `builder-id=<url of the run>` unless it names one.
std::string provenance_input(const ActionRuntime& runtime);

/// Would the original ask BuildKit's version, to decide about the default provenance?
bool depends_on_buildkit(const ActionRuntime& runtime, const BuildInputs& inputs);

/// `--attest ...` arguments. `modern_buildkit`: 0.11 or newer.
std::vector<std::string> attestation_arguments(
    const ActionRuntime& runtime, const BuildInputs& inputs, bool modern_buildkit);

}  // namespace crun::executor::builtin
