// Files and folders of our own, made with one error for whatever goes wrong.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/types.h>

namespace crun::executor {

struct WriteOptions {
  int flags = O_TRUNC;  // of open(2), beside those for a file that is made to be written
  mode_t mode = 0666;
  bool whatever_umask = false;  // the mode is exactly that, also of a file that was there
};

/// Throws Error: "cannot write PATH: ...".
void write_file(
    const std::filesystem::path& path, std::string_view text, WriteOptions options = {});

/// Makes a folder that only its owner may enter, and those above it as the umask says. One that is
/// there stays as it is. Those above may vanish meanwhile (the end of another run). Throws Error.
void make_private_folder(const std::filesystem::path& path, std::string cure = {});

}  // namespace crun::executor
