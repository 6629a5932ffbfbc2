#include "executor/git/working_copy.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <unordered_set>

#include <git2.h>

#include "executor/error.hpp"
#include "executor/git/file_copy.hpp"
#include "executor/git/library.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

using Index = Handle<git_index, git_index_free>;

struct CopiedFile {
  std::string path;
  const git_index_entry* entry = nullptr;  // null: untracked
  bool clean = false;                      // its content is the entry's
  std::optional<struct stat> status;       // of the copy
};

struct Status {
  std::unordered_set<std::string> not_clean;  // tracked files that differ from the index
  std::vector<std::string> untracked;
  std::vector<std::string> nested;  // repositories of their own
  std::size_t changed = 0;
};

Index open_index(git_repository* repository) {
  git_index* index = nullptr;
  if (git_repository_index(&index, repository) < 0) {
    const auto reason = last_reason();
    // Split and sparse indexes are mandatory extensions that the library does not read.
    throw Error(
        "cannot read the index of " + std::string(git_repository_path(repository)) + ": " + reason,
        reason.find("extension") == std::string::npos
            ? ""
            : "git update-index --no-split-index; git sparse-checkout reapply --no-sparse-index");
  }
  return Index(index);
}

Status read_status(git_repository* user) {
  git_status_options options = GIT_STATUS_OPTIONS_INIT;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                  GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  git_status_list* list = nullptr;
  check(git_status_list_new(&list, user, &options), "cannot read the state of the working tree");
  const Handle<git_status_list, git_status_list_free> owned(list);
  Status status;
  for (std::size_t i = 0; i < git_status_list_entrycount(list); ++i) {
    const auto* entry = git_status_byindex(list, i);
    const auto* delta = entry->index_to_workdir ? entry->index_to_workdir : entry->head_to_index;
    std::string path = delta->new_file.path;
    if (entry->status & GIT_STATUS_WT_NEW) {
      (path.ends_with('/') ? status.nested : status.untracked).push_back(std::move(path));
      if (entry->status == GIT_STATUS_WT_NEW) continue;
      path = delta->new_file.path;
    }
    ++status.changed;
    if (entry->index_to_workdir) status.not_clean.insert(std::move(path));
  }
  return status;
}

/// Files of the index and untracked ones; entries of a merge in progress count once.
std::vector<CopiedFile> list_files(git_index* index, const Status& status, WorkingCopy& result) {
  std::vector<CopiedFile> files;
  const auto count = git_index_entrycount(index);
  files.reserve(count + status.untracked.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto* entry = git_index_get_byindex(index, i);
    if (entry->mode == GIT_FILEMODE_COMMIT) result.submodules.emplace_back(entry->path);
    const bool again = !files.empty() && files.back().path == entry->path;
    if (again && git_index_entry_stage(entry) == 2) files.back().entry = entry;
    if (again) continue;
    files.push_back({entry->path, entry, !status.not_clean.contains(entry->path), {}});
    if (git_index_entry_stage(entry) != 0) files.back().clean = false;
  }
  for (const auto& path : status.untracked) files.push_back({path, nullptr, false, {}});
  return files;
}

void make_folders(const std::vector<CopiedFile>& files, const fs::path& from, const fs::path& to) {
  std::set<fs::path> folders;
  for (const auto& file : files) {
    for (auto folder = fs::path(file.path).parent_path(); !folder.empty();
         folder = folder.parent_path()) {
      if (!folders.insert(folder).second) break;
    }
  }
  for (const auto& folder : folders) {
    std::error_code problem;
    // What is a folder in the index may be gone or a link in the tree: then nothing goes below it.
    if (fs::is_directory(fs::symlink_status(from / folder, problem))) {
      fs::create_directory(to / folder, problem);
      if (problem) {
        throw Error("cannot make the folder " + (to / folder).string() + ": " + problem.message());
      }
    }
  }
}

/// Runs `work` on each number below `count` on a few threads; the first exception comes back.
template <typename Work>
void in_parallel(std::size_t count, Work work) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto run = [&] {
    try {
      for (std::size_t i; (i = next.fetch_add(1)) < count;) work(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = count;
    }
  };
  {
    const auto wanted = std::min<std::size_t>(std::thread::hardware_concurrency(), count / 256);
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min<std::size_t>(wanted, 4); ++i) threads.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

void copy_files(std::vector<CopiedFile>& files, const fs::path& from, const fs::path& to) {
  FileCopier copier;
  in_parallel(files.size(), [&](std::size_t i) {
    auto& file = files[i];
    if (file.entry && file.entry->mode == GIT_FILEMODE_COMMIT) return;
    std::error_code problem;
    // A tracked file below what is now a link, or gone: git calls it deleted.
    if (file.entry && !file.clean && !fs::exists(fs::symlink_status(from / file.path, problem))) {
      return;
    }
    if (!fs::is_directory(fs::symlink_status((to / file.path).parent_path(), problem))) return;
    file.status = copier.copy(from / file.path, to / file.path);
  });
}

/// Clean files get the status of their copies, so that git need not read them again; changed ones
/// get none, so that it does.
void write_index(git_repository* own, const std::vector<CopiedFile>& files) {
  const auto index = open_index(own);
  for (const auto& file : files) {
    if (!file.entry) continue;
    git_index_entry entry = *file.entry;
    entry.flags = static_cast<std::uint16_t>(entry.flags & ~GIT_INDEX_ENTRY_STAGEMASK);
    entry.ctime = entry.mtime = {0, 0};
    entry.dev = entry.ino = entry.uid = entry.gid = entry.file_size = 0;
    if (file.clean && file.status) {
      const auto& status = *file.status;
      entry.ctime = {
          static_cast<std::int32_t>(status.st_ctim.tv_sec),
          static_cast<std::uint32_t>(status.st_ctim.tv_nsec)};
      entry.mtime = {
          static_cast<std::int32_t>(status.st_mtim.tv_sec),
          static_cast<std::uint32_t>(status.st_mtim.tv_nsec)};
      entry.dev = static_cast<std::uint32_t>(status.st_dev);
      entry.ino = static_cast<std::uint32_t>(status.st_ino);
      entry.uid = status.st_uid;
      entry.gid = status.st_gid;
      entry.file_size = static_cast<std::uint32_t>(status.st_size);
    }
    check(git_index_add(index.get(), &entry), "cannot add " + file.path + " to the index");
  }
  check(git_index_write(index.get()), "cannot write the index of the snapshot");
}

}  // namespace

WorkingCopy copy_working_tree(git_repository* user, git_repository* own) {
  const fs::path from = git_repository_workdir(user), to = git_repository_workdir(own);
  WorkingCopy result;
  const auto status = read_status(user);
  result.changed = status.changed;
  const auto index = open_index(user);
  auto files = list_files(index.get(), status, result);
  make_folders(files, from, to);
  copy_files(files, from, to);
  write_index(own, files);
  for (const auto& path : result.submodules) {
    std::error_code problem;
    fs::create_directories(to / path, problem);
  }
  for (const auto& file : files) result.untracked += !file.entry && file.status;
  for (const auto& path : status.nested) {
    result.warnings.push_back(path + " is a git repository of its own and was left out");
  }
  return result;
}

}  // namespace crun::executor::git
