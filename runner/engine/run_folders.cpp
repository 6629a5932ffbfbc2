#include "runner/engine/run_folders.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/files/write.hpp"
#include "executor/host/engine_sweep.hpp"

namespace crun::runner {

namespace fs = std::filesystem;
using executor::Error;
using executor::Fd;

namespace {

constexpr const char* lock_name = ".lock";

void make_private_folder(const fs::path& path) {
  executor::make_private_folder(
      path, "XDG_RUNTIME_DIR and XDG_CACHE_HOME must name folders that can be written to");
}

/// The folder for temporary files belongs to all users of the machine: any of them may have made
/// one there with our name, and could then exchange what we put into it.
bool is_of_this_user_alone(const fs::path& folder) {
  struct stat info {};
  return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == ::geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Fd lock_folder(const fs::path& folder) {
  Fd lock(::open((folder / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Error(
        fmt::format("cannot lock {}: {}", folder.string(), executor::system_error_text(errno)));
  }
  return lock;
}

bool is_dead(const fs::path& folder) {
  const Fd lock(::open((folder / lock_name).c_str(), O_RDWR | O_CLOEXEC));
  return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
}

std::string remove_all_but_notes(const fs::path& folder) {
  std::string left;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename() == lock_name || executor::is_engine_note(entry.path())) continue;
    auto trouble = executor::remove_tree(entry.path());
    if (left.empty()) left = std::move(trouble);
  }
  return left;
}

fs::path work_root(const Paths& paths) {
  return paths.cache / "work";
}

}  // namespace

RunFolders::RunFolders(fs::path work, fs::path sockets)
    : work_(std::move(work)), sockets_(std::move(sockets)) {}

RunFolders::RunFolders(const Paths& paths, const std::string& run, const std::string& crun_program)
    : RunFolders(work_folder(paths, run), paths.runtime / run) {
  make_private_folder(work_);
  work_lock_ = lock_folder(work_);
  make_private_folder(sockets_);
  if (!is_of_this_user_alone(paths.runtime)) {
    throw Error(
        fmt::format(
            "others may write to {}, where credentials would be given out", paths.runtime.string()),
        "remove it, or set XDG_RUNTIME_DIR to a folder of your own");
  }
  sockets_lock_ = lock_folder(sockets_);
  make_private_folder(sockets_ / "bin");
  std::error_code error;
  fs::create_symlink(crun_program, sockets_ / "bin" / "docker-credential-crun", error);
}

RunFolders::~RunFolders() {
  if (!removed_) remove();
}

std::string RunFolders::remove() {
  auto left = executor::is_left_in_engine(work_) ? remove_all_but_notes(work_)
                                                 : executor::remove_tree(work_);
  const auto more = executor::remove_tree(sockets_);
  // Empty parents go too: a run-time folder is to look as it did before.
  ::rmdir(work_.parent_path().c_str());
  ::rmdir(sockets_.parent_path().c_str());
  removed_ = true;
  return left.empty() ? more : left;
}

fs::path work_folder(const Paths& paths, const std::string& run) {
  return work_root(paths) / run;
}

fs::path tree_store(const Paths& paths) {
  return paths.cache / "trees";
}

Sweep sweep_dead_runs(const Paths& paths) {
  Sweep sweep;
  for (const auto& root : {work_root(paths), paths.runtime}) {
    if (root == paths.runtime && !is_of_this_user_alone(root)) continue;
    std::error_code error;
    for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
      if (!it->is_directory(error) || !is_dead(it->path())) continue;
      const auto run = it->path().filename().string();
      // The engine first: its containers may still use the folders.
      auto trouble = executor::sweep_engine(it->path(), run);
      if (trouble.empty()) trouble = executor::remove_tree(it->path());
      if (!trouble.empty()) {
        sweep.troubles.push_back(fmt::format("run {}: {}", run, trouble));
      } else if (root == work_root(paths)) {
        ++sweep.cleaned;
      }
    }
    ::rmdir(root.c_str());  // when it is empty
  }
  return sweep;
}

}  // namespace crun::runner
