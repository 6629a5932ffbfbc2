// `uses:` of a step taken apart: owner/repo/path@ref, ./path, $/path, docker://image.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crun::executor {

struct ActionReference {
  enum class Kind { repository, local, self, docker };

  Kind kind = Kind::repository;
  std::string repository;  // "docker/build-push-action"
  std::string path;        // below the repository, or of a local action: "./.github/actions/x"
  std::string ref;
  std::string image;  // of docker://

  /// Nothing when the text is none of these. Names and paths of a repository are safe to be part of
  /// a path: no "..".
  static std::optional<ActionReference> parse(std::string_view uses);
};

}  // namespace crun::executor
