#include "executor/host/agent/empty_folder.hpp"

#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crun::executor::agent {

namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
/// Each level holds a descriptor; what is nested deeper stays.
constexpr int deepest = 800;

int open_folder(int parent, const char* name) {
  int fd = ::openat(parent, name, folder_flags);
  if (fd >= 0) return fd;
  ::fchmodat(parent, name, 0700, 0);
  return ::openat(parent, name, folder_flags);
}

/// Takes the descriptor.
bool empty_open_folder(int fd, dev_t device, int depth) {
  DIR* folder = ::fdopendir(fd);
  if (!folder) {
    ::close(fd);
    return false;
  }
  struct stat own {};
  if (::fstat(fd, &own) == 0 && (own.st_mode & 0300) != 0300) ::fchmod(fd, 0700);
  bool empty = true;
  while (dirent* entry = ::readdir(folder)) {
    const char* name = entry->d_name;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
    struct stat info {};
    if (::fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISDIR(info.st_mode)) {
      empty = ::unlinkat(fd, name, 0) == 0 && empty;
      continue;
    }
    int child = info.st_dev == device && depth < deepest ? open_folder(fd, name) : -1;
    bool emptied = child >= 0 && empty_open_folder(child, device, depth + 1);
    empty = emptied && ::unlinkat(fd, name, AT_REMOVEDIR) == 0 && empty;
  }
  ::closedir(folder);
  return empty;
}

}  // namespace

bool empty_folder(const char* path) {
  int fd = ::open(path, folder_flags);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) return false;
  return empty_open_folder(fd, info.st_dev, 0);
}

}  // namespace crun::executor::agent
