// What buildx says of itself and of its builders (docker-actions.md 1.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

/// "v0.13.1", "0.13.1+ds1" or a commit of seven digits, which counts as newer than everything.
struct BuildxVersion {
  std::vector<int> numbers;  // empty: unknown
  bool is_commit = false;

  static BuildxVersion parse(std::string_view text);
  /// True for a commit, false when unknown.
  bool at_least(int major, int minor) const;
};

struct GarbageRule {
  bool all = false;
  std::vector<std::string> filter;
  std::string keep_duration, keep_bytes;
};

struct BuilderNode {
  std::string name, endpoint, status, buildkitd_flags, buildkit_version, platforms;
  std::vector<std::string> driver_options;  // key=value
  std::vector<std::pair<std::string, std::string>> features, labels;
  std::vector<GarbageRule> garbage_rules;
};

/// The name of the builder that podman is not: what setup-buildx says, and build-push is given.
constexpr const char* podman_builder = "podman";

struct Builder {
  std::string name, driver;
  std::vector<BuilderNode> nodes;
};

/// The text of `docker buildx inspect`.
Builder parse_builder(std::string_view text);

/// Fails when docker has no buildx.
BuildxVersion require_buildx(ActionRuntime& runtime);
/// Nothing when there is no such builder or no engine.
std::optional<Builder> inspect_builder(ActionRuntime& runtime, const std::string& name);
/// BuildKit of a node at least this version? The docker driver's must end in "-moby".
bool buildkit_at_least(const Builder& builder, int major, int minor);

}  // namespace crun::executor::builtin
