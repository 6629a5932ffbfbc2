// Python's versions (PEP 440) as @renovate/pep440 reads and cleans them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

struct PythonVersion {
  std::vector<std::string> release;  // normalized numbers, at least one
  bool is_prerelease = false;        // development releases are prereleases too
  bool is_postrelease = false;
  bool is_devrelease = false;
  /// The normal form. Parts of a local version are joined by commas: a quirk of the original.
  std::string clean;

  const std::string& major() const { return release[0]; }
  std::string minor() const { return release.size() > 1 ? release[1] : "0"; }
  std::string patch() const { return release.size() > 2 ? release[2] : "0"; }

  static std::optional<PythonVersion> parse(std::string_view text);
};

}  // namespace crun::executor::builtin
