// The agent's program, carried inside crun (see agent/).
#pragma once

#include <filesystem>
#include <string_view>

#include "executor/process/fd.hpp"

namespace crun::executor {

/// The bytes of the static executable, for this architecture.
std::string_view agent_image();
/// Writes it to a file with mode 0700, e.g. to mount it into a container. Throws Error.
void write_agent(const std::filesystem::path& path);
/// As a file in memory that can be executed through /proc/self/fd; nothing on disk, also where
/// every folder is mounted noexec. Throws Error.
Fd agent_in_memory();

}  // namespace crun::executor
