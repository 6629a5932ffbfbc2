#include "executor/files/remove_tree.hpp"

#include <cerrno>
#include <memory>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
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

/// Read before anything is removed: removing while reading may skip entries.
std::vector<Entry> entries_of(int folder) {
  std::vector<Entry> entries;
  Fd copy(::fcntl(folder, F_DUPFD_CLOEXEC, 3));
  const auto close = [](DIR* opened) { ::closedir(opened); };
  const std::unique_ptr<DIR, decltype(close)> opened(copy ? ::fdopendir(copy.get()) : nullptr);
  if (!opened) return entries;
  copy.release();
  ::rewinddir(opened.get());  // the copy is where the last reader stopped
  while (const auto* entry = ::readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") entries.push_back({std::string(name), entry->d_type});
  }
  return entries;
}

class TreeRemover {
 public:
  std::string remove(const std::filesystem::path& root) {
    const auto path = root.lexically_normal();
    const auto name = path.has_filename() ? path : path.parent_path();
    top_ = open_folder(AT_FDCWD, name.c_str());
    if (top_) {
      do {
        moved_ = 0;
        remove_content(top_.get(), name.native(), 1);
      } while (moved_ > 0 && trouble_.empty());
    } else if (errno == ENOENT) {
      return {};
    }
    remove_entry(AT_FDCWD, {}, name.native(), top_ ? AT_REMOVEDIR : 0);
    return trouble_;
  }

 private:
  static Fd open_folder(int parent, const char* name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Fd folder(::openat(parent, name, flags));
    if (!folder && errno == EACCES && ::fchmodat(parent, name, 0700, 0) == 0) {
      folder = Fd(::openat(parent, name, flags));
    }
    struct stat info {};
    if (folder && ::fstat(folder.get(), &info) == 0 && (info.st_mode & S_IRWXU) != S_IRWXU) {
      ::fchmod(folder.get(), S_IRWXU);
    }
    return folder;
  }

  void remove_content(int folder, const std::string& path, int depth) {
    for (const auto& [name, type] : entries_of(folder)) {
      if (type != DT_DIR && (type != DT_UNKNOWN || !is_folder(folder, name))) {
        remove_entry(folder, path, name, 0);
        continue;
      }
      if (depth == deepest && move_up(folder, name)) continue;
      if (const auto inner = open_folder(folder, name.c_str())) {
        remove_content(inner.get(), path + '/' + name, depth + 1);
      }
      remove_entry(folder, path, name, AT_REMOVEDIR);
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
    const bool moved = ::renameat(folder, name.c_str(), top_.get(), free_name.c_str()) == 0;
    moved_ += moved ? 1 : 0;
    return moved;
  }

  Fd top_;
  int moved_ = 0;
  int serial_ = 0;
  std::string trouble_;
};

}  // namespace

std::string remove_tree(const std::filesystem::path& root) {
  return TreeRemover().remove(root);
}

}  // namespace crun::executor
