#include "executor/files/remove_tree.hpp"

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

namespace {

/// Each level holds a descriptor: what lies deeper is first moved up to the root.
constexpr int deepest = 100;

struct Entry {
  std::string name;
  unsigned char type;
};

/// An open folder; of another kind of file, or where none is, nothing.
class Folder {
 public:
  Folder(int parent, const char* name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    folder_ = Fd(::openat(parent, name, flags));
    if (!folder_ && errno == EACCES && ::fchmodat(parent, name, S_IRWXU, 0) == 0) {
      folder_ = Fd(::openat(parent, name, flags));
    }
    struct statx info {};
    const bool known = folder_ && ::statx(folder_.get(), "", AT_EMPTY_PATH, STATX_MODE, &info) == 0;
    is_mount_ = known && (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    if (known && !is_mount_ && (info.stx_mode & S_IRWXU) != S_IRWXU) {
      ::fchmod(folder_.get(), S_IRWXU);
    }
  }

  explicit operator bool() const { return static_cast<bool>(folder_); }
  int descriptor() const { return folder_.get(); }
  /// Something is mounted here: what it shows lies elsewhere and is not to be removed.
  bool is_mount() const { return is_mount_; }

  /// All of them, since removing while reading may skip entries. Without a DIR: it would take two
  /// more system calls and 32 kB for each of many small folders.
  std::vector<Entry> entries() {
    std::vector<Entry> entries;
    if (std::exchange(was_read_, true)) ::lseek(folder_.get(), 0, SEEK_SET);
    alignas(dirent64) std::array<char, 8192> block;
    for (ssize_t size; (size = ::getdents64(folder_.get(), block.data(), block.size())) > 0;) {
      for (ssize_t at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const dirent64*>(block.data() + at);
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") entries.push_back({std::string(name), entry->d_type});
        at += entry->d_reclen;
      }
    }
    return entries;
  }

 private:
  Fd folder_;
  bool is_mount_ = false;
  bool was_read_ = false;
};

/// Takes away what is mounted on a folder, also when it is still in use; false where we may not.
bool unmount(const Folder& folder) {
  const auto path = "/proc/self/fd/" + std::to_string(folder.descriptor());
  return ::umount2(path.c_str(), MNT_DETACH) == 0;
}

/// An open folder, after what is mounted on it was taken away.
Folder open_below_mounts(int parent, const char* name) {
  Folder folder(parent, name);
  while (folder && folder.is_mount() && unmount(folder)) folder = Folder(parent, name);
  return folder;
}

class TreeRemover {
 public:
  std::string remove(const std::filesystem::path& root) {
    const auto path = root.lexically_normal();
    const auto name = path.has_filename() ? path : path.parent_path();
    auto top = open_below_mounts(AT_FDCWD, name.c_str());
    if (top && !top.is_mount()) {
      top_ = top.descriptor();
      do {
        moved_ = 0;
        remove_content(top, name.native(), 1);
      } while (moved_ > 0 && trouble_.empty());
    } else if (!top && errno == ENOENT) {
      return {};
    }
    remove_entry(AT_FDCWD, {}, name.native(), top ? AT_REMOVEDIR : 0);
    return trouble_;
  }

 private:
  void remove_content(Folder& folder, const std::string& path, int depth) {
    const int here = folder.descriptor();
    for (const auto& [name, type] : folder.entries()) {
      if (type != DT_DIR && (type != DT_UNKNOWN || !is_folder(here, name))) {
        remove_entry(here, path, name, 0);
        continue;
      }
      if (::unlinkat(here, name.c_str(), AT_REMOVEDIR) == 0) continue;  // most are empty
      if (depth == deepest && move_up(here, name)) continue;
      if (auto inner = open_below_mounts(here, name.c_str()); inner && !inner.is_mount()) {
        remove_content(inner, path + '/' + name, depth + 1);
      }
      remove_entry(here, path, name, AT_REMOVEDIR);
    }
  }

  /// Where the file system does not tell with the name.
  static bool is_folder(int folder, const std::string& name) {
    struct stat info {};
    return ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(info.st_mode);
  }

  void remove_entry(int folder, const std::string& path, const std::string& name, int flags) {
    if (::unlinkat(folder, name.c_str(), flags) == 0 || errno == ENOENT) return;
    if (!trouble_.empty()) return;
    trouble_ = (path.empty() ? name : path + '/' + name) + ": " + system_error_text(errno);
  }

  bool move_up(int folder, const std::string& name) {
    const auto free_name = ".deep-" + std::to_string(++serial_);
    const bool moved = ::renameat(folder, name.c_str(), top_, free_name.c_str()) == 0;
    moved_ += moved ? 1 : 0;
    return moved;
  }

  int top_ = -1;
  int moved_ = 0;
  int serial_ = 0;
  std::string trouble_;
};

}  // namespace

std::string remove_tree(const std::filesystem::path& root) {
  return TreeRemover().remove(root);
}

}  // namespace crun::executor
