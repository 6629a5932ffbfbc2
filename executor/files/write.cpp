#include "executor/files/write.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

void write_file(const std::filesystem::path& path, std::string_view text, WriteOptions options) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | options.flags, options.mode));
  if (!file || (options.whatever_umask && ::fchmod(file.get(), options.mode) != 0) ||
      !write_all(file.get(), text)) {
    throw Error("cannot write " + path.string() + ": " + system_error_text(errno));
  }
}

void make_private_folder(const std::filesystem::path& path, std::string cure) {
  constexpr int tries = 5;
  for (int i = 0; i < tries; ++i) {
    if (::mkdir(path.c_str(), S_IRWXU) == 0) return;
    struct stat info {};
    if (errno == EEXIST && ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return;
    if (errno != ENOENT) break;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) errno = error.value();
  }
  throw Error(
      "cannot make the folder " + path.string() + ": " + system_error_text(errno), std::move(cure));
}

}  // namespace crun::executor
