// Unix sockets at paths of any length: sun_path holds 107 bytes, so the folder is opened and named
// through /proc/self/fd.
#pragma once

#include <filesystem>

#include "executor/process/fd.hpp"

namespace crun::executor {

/// Listening, mode 0600, non-blocking. Throws Error.
Fd listen_on_unix_socket(const std::filesystem::path& path);
/// Connected; reads and writes fail after a time limit. Throws Error.
Fd connect_to_unix_socket(const std::filesystem::path& path);

}  // namespace crun::executor
