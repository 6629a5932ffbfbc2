#include "executor/files/overlay.hpp"

#include <string>
#include <string_view>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/files/remove_tree.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

/// The kernel takes one page of options.
constexpr std::size_t longest_options = 4000;

constexpr const char* changes = "upper";
constexpr const char* scratch = "work";

/// What the options' own syntax gives another meaning.
bool is_plain(std::string_view path) {
  return path.find_first_of(",:\\\n\"") == std::string_view::npos;
}

/// Renaming a folder that comes from below is to work (`redirect_dir`), and what ends with the job
/// need never be on a disk for sure (`volatile`; unmounting would wait for the whole disk).
std::string options_for(const fs::path& lower, const fs::path& target) {
  return fmt::format(
      "lowerdir={},upperdir={}/{},workdir={}/{},redirect_dir=on,volatile",
      lower.string(),
      target.string(),
      changes,
      target.string(),
      scratch);
}

void remove_own_folders(const fs::path& target) {
  for (const char* folder : {changes, scratch}) remove_tree(target / folder);
}

bool make_own_folders(const fs::path& target) {
  struct stat info {};
  if (::stat(target.c_str(), &info) != 0) return false;
  const auto upper = target / changes, work = target / scratch;
  // What is mounted has the permissions of the upper folder.
  return ::mkdir(upper.c_str(), 0700) == 0 && ::chmod(upper.c_str(), info.st_mode & 07777) == 0 &&
         ::chown(upper.c_str(), info.st_uid, info.st_gid) == 0 && ::mkdir(work.c_str(), 0700) == 0;
}

/// Those of the mount that the target lies on.
unsigned long flags_of(const fs::path& target) {
  struct statfs info {};
  if (::statfs(target.c_str(), &info) != 0) return 0;
  return static_cast<unsigned long>(info.f_flags) & (MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

bool is_on_overlay(int folder) {
  struct statfs info {};
  return ::fstatfs(folder, &info) == 0 && info.f_type == OVERLAYFS_SUPER_MAGIC;
}

}  // namespace

bool lay_over(const fs::path& lower, const fs::path& target) {
  if (::geteuid() != 0) return false;
  const auto options = options_for(lower, target);
  if (!is_plain(lower.native()) || !is_plain(target.native()) || options.size() > longest_options) {
    return false;
  }
  if (make_own_folders(target) &&
      ::mount("crun", target.c_str(), "overlay", flags_of(target), options.c_str()) == 0) {
    return true;
  }
  remove_own_folders(target);
  return false;
}

bool take_off(const fs::path& target) {
  if (::geteuid() != 0) return false;
  {
    const Fd folder(::open(target.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder || !is_on_overlay(folder.get())) return false;
  }
  // Not ours, or the file system all lies on, is no mount point, or is busy.
  if (::umount2(target.c_str(), UMOUNT_NOFOLLOW) != 0) return false;
  remove_own_folders(target);
  return true;
}

bool share_mounts(const fs::path& folder) {
  if (::geteuid() != 0) return false;
  if (::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) != 0) return false;
  if (::mount(nullptr, folder.c_str(), nullptr, MS_SHARED, nullptr) == 0) return true;
  ::umount2(folder.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  return false;
}

}  // namespace crun::executor
