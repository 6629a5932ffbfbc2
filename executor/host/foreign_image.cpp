#include "executor/host/foreign_image.hpp"

#include <array>
#include <utility>

#include <sys/utsname.h>

#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::executor {

namespace {

/// As images call what the kernel calls otherwise.
std::string architecture_of(const std::string& machine) {
  constexpr std::array<std::pair<const char*, const char*>, 6> names = {
      {{"x86_64", "amd64"},
       {"aarch64", "arm64"},
       {"i686", "386"},
       {"armv7l", "arm"},
       {"armv6l", "arm"},
       {"loongarch64", "loong64"}}};
  for (const auto& [kernel, image] : names) {
    if (machine == kernel) return image;
  }
  return machine;
}

}  // namespace

bool says_no_such_format(std::string_view trouble) {
  for (const std::string_view words : {"Exec format error", "exec format error"}) {
    if (trouble.find(words) != std::string_view::npos) return true;
  }
  return false;
}

std::string foreign_image_text(
    const std::string& image, const std::string& platform, const std::string& machine) {
  const auto ours = "linux/" + architecture_of(machine);
  // "linux/arm/v7" is linux/arm.
  if (platform.empty() || platform == ours || platform.starts_with(ours + "/")) return {};
  return fmt::format(
      "the image {} is {}, this machine {}, and its kernel has no handler for such programs "
      "(install qemu-user-static, or use an image for {})",
      image,
      platform,
      ours,
      ours);
}

asio::awaitable<std::string> explain_foreign_image(DockerEngine& engine, std::string image) {
  CancelSource never;
  try {
    std::vector<std::string> arguments = {
        "image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", image};
    const auto answer = co_await engine.call(std::move(arguments), never);
    if (!answer.success()) co_return std::string();
    utsname machine{};
    ::uname(&machine);
    const auto platform = answer.out.substr(0, answer.out.find('\n'));
    co_return foreign_image_text(image, platform, machine.machine);
  } catch (const Error&) {  // the failure at hand is told anyway
    co_return std::string();
  }
}

}  // namespace crun::executor
