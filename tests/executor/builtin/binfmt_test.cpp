#include "executor/builtin/setup_qemu/binfmt.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"

using namespace crun::executor::builtin;

TEST_CASE("binfmt: an emulator counts when it is enabled and works in containers", "[builtin]") {
  std::string pattern = (std::filesystem::temp_directory_path() / "binfmt-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  std::ofstream(folder / "qemu-riscv64") << "enabled\ninterpreter /usr/bin/qemu\nflags: OCF\n";
  std::ofstream(folder / "qemu-s390x") << "enabled\ninterpreter /usr/bin/qemu\nflags: OC\n";
  std::ofstream(folder / "qemu-ppc64le") << "disabled\ninterpreter /usr/bin/qemu\nflags: F\n";
  const auto platforms = runnable_platforms(folder);
  std::filesystem::remove_all(folder);
  const auto has = [&platforms](const char* name) {
    return std::find(platforms.begin(), platforms.end(), name) != platforms.end();
  };
  CHECK(has("linux/riscv64"));
  CHECK_FALSE(has("linux/s390x"));
  CHECK_FALSE(has("linux/ppc64le"));
}

TEST_CASE("binfmt: platforms have several names", "[builtin]") {
  CHECK(platform_named("arm64") == "linux/arm64");
  CHECK(platform_named("qemu-aarch64") == "linux/arm64");
  CHECK(platform_named("linux/arm/v7") == "linux/arm/v7");
  CHECK(platform_named("sparc64") == "linux/sparc64");
}
