#include "bench/machine.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <thread>

#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>

namespace crun::bench {
namespace {

/// The value of the first line "NAME ... : VALUE" or "NAME=VALUE" of a file.
std::string value_in(const char* file, const std::string& name, char separator) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name)) continue;
    const auto at = line.find(separator);
    if (at == std::string::npos) continue;
    const auto begin = line.find_first_not_of(" \t\"", at + 1);
    if (begin == std::string::npos) return {};
    auto value = line.substr(begin);
    while (!value.empty() && value.back() == '"') value.pop_back();
    return value;
  }
  return {};
}

std::string first_line_of(const char* command) {
  std::FILE* pipe = ::popen(command, "re");
  if (!pipe) return {};
  std::array<char, 256> buffer{};
  std::string text;
  if (std::fgets(buffer.data(), buffer.size(), pipe)) text = buffer.data();
  while (std::fgets(buffer.data(), buffer.size(), pipe)) {
  }
  if (::pclose(pipe) != 0) return {};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

std::map<std::string, std::string> machine_facts() {
  std::map<std::string, std::string> facts;
  facts["processor"] = value_in("/proc/cpuinfo", "model name", ':');
  facts["cores"] = std::to_string(std::thread::hardware_concurrency());
  const double bytes =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  facts["memory"] = fmt::format("{:.0f} GiB", bytes / (1024.0 * 1024 * 1024));
  utsname system{};
  if (::uname(&system) == 0) facts["kernel"] = system.release;
  facts["system"] = value_in("/etc/os-release", "PRETTY_NAME", '=');
  facts["engine"] = first_line_of("docker version --format '{{.Server.Version}}' 2>/dev/null");
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

}  // namespace crun::bench
