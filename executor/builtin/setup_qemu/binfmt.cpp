#include "executor/builtin/setup_qemu/binfmt.hpp"

#include <algorithm>
#include <fstream>

#include <sys/utsname.h>

namespace crun::executor::builtin {
namespace {

struct Machine {
  std::string_view qemu;      // "aarch64", as in qemu-aarch64
  std::string_view platform;  // as docker calls it
};

constexpr Machine machines[] = {
    {"x86_64", "linux/amd64"},
    {"i386", "linux/386"},
    {"aarch64", "linux/arm64"},
    {"arm", "linux/arm/v7"},
    {"arm", "linux/arm/v6"},
    {"riscv64", "linux/riscv64"},
    {"ppc64le", "linux/ppc64le"},
    {"s390x", "linux/s390x"},
    {"mips64el", "linux/mips64le"},
    {"mips64", "linux/mips64"},
    {"loongarch64", "linux/loong64"},
};

bool works_in_containers(const std::filesystem::path& entry) {
  std::ifstream file(entry);
  bool enabled = false, fixed = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "enabled") enabled = true;
    if (line.starts_with("flags:") && line.find('F', 6) != line.npos) fixed = true;
  }
  return enabled && fixed;
}

std::vector<std::string> platforms_of_this_machine() {
  utsname machine{};
  ::uname(&machine);
  const std::string_view name = machine.machine;
  std::vector<std::string> platforms;
  for (const Machine& known : machines) {
    if (name == known.qemu) platforms.emplace_back(known.platform);
  }
  if (name == "x86_64") platforms.emplace_back("linux/386");
  return platforms;
}

}  // namespace

std::vector<std::string> runnable_platforms(const std::filesystem::path& folder) {
  std::vector<std::string> platforms = platforms_of_this_machine();
  for (const Machine& machine : machines) {
    const bool known =
        std::find(platforms.begin(), platforms.end(), machine.platform) != platforms.end();
    if (!known && works_in_containers(folder / ("qemu-" + std::string(machine.qemu)))) {
      platforms.emplace_back(machine.platform);
    }
  }
  return platforms;
}

std::string platform_named(std::string_view name) {
  if (name.starts_with("qemu-")) name.remove_prefix(5);
  for (const Machine& machine : machines) {
    const std::string_view short_name = machine.platform.substr(6);
    if (name == machine.qemu || name == machine.platform || name == short_name) {
      return std::string(machine.platform);
    }
  }
  return name.find('/') == name.npos ? "linux/" + std::string(name) : std::string(name);
}

}  // namespace crun::executor::builtin
