#include "runner/config/paths.hpp"

#include <cstdlib>
#include <string>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::runner {

namespace {

namespace fs = std::filesystem;

fs::path from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path path = value ? value : "";
  return path.is_absolute() ? path : fs::path();
}

/// Never a folder for temporary files: anybody may have made what we would look for there.
fs::path home_folder() {
  if (auto home = from_environment("HOME"); !home.empty()) return home;
  const auto* user = ::getpwuid(::geteuid());
  const fs::path home = user != nullptr ? user->pw_dir : "";
  if (home.is_absolute()) return home;
  throw executor::Error(
      "HOME is not set, and the machine knows no home of this user",
      "set HOME, or XDG_CACHE_HOME and XDG_STATE_HOME");
}

/// Actions, checkouts and programs in it are run.
void refuse_foreign(const fs::path& cache) {
  struct stat info {};
  if (::stat(cache.c_str(), &info) != 0 || info.st_uid == ::geteuid() || info.st_uid == 0) return;
  const char* caller = std::getenv("SUDO_UID");
  if (::geteuid() == 0 && caller != nullptr && std::to_string(info.st_uid) == caller) return;
  throw executor::Error(
      fmt::format("{} belongs to another user, who could exchange what is run", cache.string()),
      "remove it, or set XDG_CACHE_HOME to a folder of yours");
}

}  // namespace

Paths standard_paths() {
  const auto below = [](const char* variable, const char* otherwise) {
    const auto path = from_environment(variable);
    return (path.empty() ? home_folder() / otherwise : path) / "crun";
  };
  const auto cache = below("XDG_CACHE_HOME", ".cache");
  refuse_foreign(cache);
  auto runtime = from_environment("XDG_RUNTIME_DIR");
  runtime = runtime.empty() ? fs::temp_directory_path() / ("crun-" + std::to_string(::getuid()))
                            : runtime / "crun";
  return {below("XDG_STATE_HOME", ".local/state"), cache, runtime};
}

}  // namespace crun::runner
