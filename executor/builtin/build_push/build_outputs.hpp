// What buildx leaves in its files: the image id, and metadata with digests and warnings.
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/build_push/build_arguments.hpp"

namespace crun::executor::builtin {

struct BuildWarning {
  std::string title, message, file, line;
};

struct BuildOutputs {
  std::string image_id;
  std::string metadata;  // JSON with two spaces; empty: none
  /// With the docker driver buildx reads this back from the registry: it proves nothing about what
  /// was built. The original gives it as output `digest` all the same.
  std::string digest;
  std::string descriptor_digest;  // of what was built
  std::string build_ref;
  std::vector<std::string> image_names;
  std::vector<BuildWarning> warnings;
};

BuildOutputs read_build_outputs(const BuildCommand& command);

/// Sets the outputs imageid, digest and metadata, and annotates warnings about the Dockerfile.
void publish_outputs(ActionRuntime& runtime, const BuildOutputs& outputs);

}  // namespace crun::executor::builtin
