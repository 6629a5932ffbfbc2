// Versions as node-semver reads them strictly: a leading v and blanks around are fine, `1.2` is
// not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

struct SemanticVersion {
  std::string raw;      // as given
  std::string version;  // without v and build
  std::string major, minor, patch;
  std::vector<std::string> prerelease;
  std::vector<std::string> build;

  static std::optional<SemanticVersion> parse(std::string_view text);
};

}  // namespace crun::executor::builtin
