// Which programs of other processors this kernel can run: emulators registered with binfmt_misc.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

/// This machine's platforms, then those with an emulator that also works inside containers (flag F:
/// the kernel holds the interpreter open). `folder` is /proc/sys/fs/binfmt_misc.
std::vector<std::string> runnable_platforms(const std::filesystem::path& folder);

/// "arm64", "linux/arm64", "qemu-aarch64" -> "linux/arm64".
std::string platform_named(std::string_view name);

}  // namespace crun::executor::builtin
