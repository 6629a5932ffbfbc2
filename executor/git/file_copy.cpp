#include "executor/git/file_copy.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

/// Below this size reading and writing is cheaper than asking the kernel for anything clever.
constexpr std::size_t small_file = 64u << 10;

Error failure(const std::string& what, const std::string& name) {
  return Error("cannot " + what + " " + name + ": " + system_error_text(errno));
}

void read_and_write(int from, int to, const std::string& name) {
  std::array<char, small_file> buffer;
  for (;;) {
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw failure("read", name);
    if (got == 0) return;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (!write_all(to, bytes)) throw failure("write", name);
  }
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0) throw failure("read", path.string());
  return status;
}

std::optional<struct stat> copy_link(const fs::path& from, const fs::path& to) {
  std::error_code problem;
  const auto target = fs::read_symlink(from, problem);
  if (problem) return std::nullopt;
  if (::symlink(target.c_str(), to.c_str()) < 0) throw failure("make the link", to.string());
  return status_of(to);
}

}  // namespace

void FileCopier::copy_content(int from, int to, std::size_t size, const std::string& name) {
  if (size == 0) return;
  if (reflinks_.load(std::memory_order_relaxed)) {
    if (::ioctl(to, FICLONE, from) == 0) return;
    reflinks_.store(false, std::memory_order_relaxed);
  }
  if (size > small_file) {
    // A whole copy in the kernel; it may stop early or not be possible between file systems.
    for (;;) {
      const auto done = ::copy_file_range(
          from, nullptr, to, nullptr, std::numeric_limits<std::int32_t>::max(), 0);
      if (done == 0) return;
      if (done < 0 && errno != EINTR) break;
    }
  }
  read_and_write(from, to, name);
}

std::optional<struct stat> FileCopier::copy(const fs::path& from, const fs::path& to) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (source.get() < 0) {
    if (errno == ELOOP) return copy_link(from, to);
    if (errno == ENOENT || errno == ENOTDIR || errno == ENXIO) return std::nullopt;
    throw failure("read", from.string());
  }
  struct stat status {};
  if (::fstat(source.get(), &status) < 0) throw failure("read", from.string());
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const Fd target(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0777));
  if (target.get() < 0) throw failure("write", to.string());
  copy_content(source.get(), target.get(), static_cast<std::size_t>(status.st_size), to.string());
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(target.get(), times.data()) < 0) throw failure("write", to.string());
  if (::fstat(target.get(), &status) < 0) throw failure("read", to.string());
  return status;
}

}  // namespace crun::executor::git
