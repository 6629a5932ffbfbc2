// The C library reads the files; asking it means to set TZ, which is put back at once.

#include "executor/builtin/metadata/time_zone.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace crun::executor::builtin {

namespace {

namespace fs = std::filesystem;

fs::path zone_folder() {
  const char* folder = std::getenv("TZDIR");
  return folder && *folder ? folder : "/usr/share/zoneinfo";
}

/// Names are compared so: "asia_tokyo" for Asia/Tokyo.
std::string normalized(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '/') c = '_';
  }
  return result;
}

bool is_zone_file(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  std::array<char, 4> magic{};
  std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
  return std::string_view(magic.data(), magic.size()) == "TZif";
}

std::optional<fs::path> find_zone(std::string_view name) {
  const fs::path folder = zone_folder();
  const bool safe =
      !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos;
  if (!safe) return std::nullopt;
  if (is_zone_file(folder / name)) return folder / name;
  std::error_code problem;
  const std::string wanted = normalized(name);
  for (fs::recursive_directory_iterator at(folder, problem), end; !problem && at != end;
       at.increment(problem)) {
    const std::string file = at->path().filename().string();
    // Copies of all zones with other leap seconds.
    if (at->is_directory(problem) && (file == "posix" || file == "right")) {
      at.disable_recursion_pending();
    } else if (
        normalized(at->path().lexically_relative(folder).string()) == wanted &&
        is_zone_file(at->path())) {
      return at->path();
    }
  }
  return std::nullopt;
}

/// TZ for the time of one question.
class ScopedZone {
 public:
  explicit ScopedZone(const std::string& value) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", value.c_str(), 1);
    ::tzset();
  }
  ~ScopedZone() {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  ScopedZone(const ScopedZone&) = delete;
  ScopedZone& operator=(const ScopedZone&) = delete;

 private:
  std::optional<std::string> before_;
};

}  // namespace

std::optional<ZoneOffset> zone_offset(std::string_view zone, std::int64_t instant) {
  if (normalized(zone) == "utc") return ZoneOffset{};
  const auto file = find_zone(zone);
  if (!file) return std::nullopt;
  const ScopedZone scope(":" + file->string());
  const auto time = static_cast<std::time_t>(instant);
  std::tm local{};
  if (!::localtime_r(&time, &local)) return std::nullopt;
  return ZoneOffset{static_cast<int>(local.tm_gmtoff), local.tm_zone};
}

}  // namespace crun::executor::builtin
