#include "runner/config/paths.hpp"

#include <cstdlib>
#include <string>

#include <unistd.h>

namespace crun::runner {

namespace {

namespace fs = std::filesystem;

fs::path from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path path = value ? value : "";
  return path.is_absolute() ? path : fs::path();
}

}  // namespace

Paths standard_paths() {
  const auto home = from_environment("HOME");
  const auto below = [&](const char* variable, const char* otherwise) {
    const auto path = from_environment(variable);
    return (path.empty() ? (home.empty() ? fs::temp_directory_path() : home) / otherwise : path) /
           "crun";
  };
  auto runtime = from_environment("XDG_RUNTIME_DIR");
  runtime = runtime.empty() ? fs::temp_directory_path() / ("crun-" + std::to_string(::getuid()))
                            : runtime / "crun";
  return {below("XDG_STATE_HOME", ".local/state"), below("XDG_CACHE_HOME", ".cache"), runtime};
}

}  // namespace crun::runner
