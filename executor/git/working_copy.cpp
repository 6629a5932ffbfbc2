#include "executor/git/working_copy.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include <sys/stat.h>
#include <unistd.h>

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
  const git_index_entry* entry = nullptr;   // null: untracked
  bool clean = false;                       // its content is the entry's
  const git_index_entry* stored = nullptr;  // the same file in a stored tree: no copy is needed
  std::optional<struct stat> status;        // of the copy
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
    files.push_back({entry->path, entry, !status.not_clean.contains(entry->path), nullptr, {}});
    if (git_index_entry_stage(entry) != 0) files.back().clean = false;
  }
  for (const auto& path : status.untracked) files.push_back({path, nullptr, false, nullptr, {}});
  return files;
}

void make_folders(const std::vector<CopiedFile>& files, const fs::path& from, const fs::path& to) {
  std::set<fs::path> folders;
  for (const auto& file : files) {
    if (file.stored) continue;
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
    if (file.stored || (file.entry && file.entry->mode == GIT_FILEMODE_COMMIT)) return;
    std::error_code problem;
    // A tracked file below what is now a link, or gone: git calls it deleted.
    if (file.entry && !file.clean && !fs::exists(fs::symlink_status(from / file.path, problem))) {
      return;
    }
    if (!fs::is_directory(fs::symlink_status((to / file.path).parent_path(), problem))) return;
    file.status = copier.copy(from / file.path, to / file.path);
  });
}

void set_status(git_index_entry& entry, const struct stat& status) {
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

void set_status(git_index_entry& entry, const git_index_entry& stored) {
  entry.ctime = stored.ctime;
  entry.mtime = stored.mtime;
  entry.dev = stored.dev;
  entry.ino = stored.ino;
  entry.uid = stored.uid;
  entry.gid = stored.gid;
  entry.file_size = stored.file_size;
}

/// Clean files get the status of their copies, so that git need not read them again; changed ones
/// get none, so that it does.
void write_index(git_index* index, const std::vector<CopiedFile>& files) {
  for (const auto& file : files) {
    if (!file.entry) continue;
    git_index_entry entry = *file.entry;
    entry.flags = static_cast<std::uint16_t>(entry.flags & ~GIT_INDEX_ENTRY_STAGEMASK);
    entry.ctime = entry.mtime = {0, 0};
    entry.dev = entry.ino = entry.uid = entry.gid = entry.file_size = 0;
    if (file.stored) {
      set_status(entry, *file.stored);
    } else if (file.clean && file.status) {
      set_status(entry, *file.status);
    }
    check(git_index_add(index, &entry), "cannot add " + file.path + " to the index");
  }
  check(git_index_write(index), "cannot write the index of the snapshot");
}

/// An index of its own, which asks no repository about what is put in.
Index index_at(const fs::path& path) {
  git_index* index = nullptr;
  check(git_index_open(&index, path.c_str()), "cannot open " + path.string());
  return Index(index);
}

bool same_time(const git_index_time& time, const timespec& other) {
  return time.seconds == static_cast<std::int32_t>(other.tv_sec) &&
         (time.nanoseconds == 0 || time.nanoseconds == other.tv_nsec);
}

/// Is this still the file that git looked at when it wrote the entry? So git itself decides what
/// has not changed.
bool is_file_of(const git_index_entry& entry, const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && same_time(entry.mtime, status.st_mtim) &&
         (entry.ctime.seconds == 0 || same_time(entry.ctime, status.st_ctim)) &&
         entry.file_size == static_cast<std::uint32_t>(status.st_size);
}

/// The object's name says what git keeps of a file; its size, also what filters and line endings
/// have made of that.
bool is_same(const git_index_entry& a, const git_index_entry& b) {
  return a.mode == b.mode && a.file_size == b.file_size && git_oid_equal(&a.id, &b.id);
}

/// Neither in conflict, nor left out of the tree, nor one that git is told not to look at.
bool is_plain(const git_index_entry& entry) {
  return (entry.flags & (GIT_INDEX_ENTRY_STAGEMASK | GIT_INDEX_ENTRY_VALID)) == 0 &&
         entry.flags_extended == 0;
}

void remove_with_empty_folders(const fs::path& root, const fs::path& path) {
  ::unlink((root / path).c_str());
  for (auto folder = path.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    if (::rmdir((root / folder).c_str()) != 0) return;
  }
}

/// What git does not tell apart is for all that come later as a checkout would have it.
void set_mode_of_checkout(CopiedFile& file, const fs::path& path, mode_t mask) {
  if (file.entry->mode == GIT_FILEMODE_LINK) return;
  const mode_t mode = (file.entry->mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666) & ~mask;
  if ((file.status->st_mode & 07777) == mode) return;
  const bool done = ::chmod(path.c_str(), mode) == 0 && ::lstat(path.c_str(), &*file.status) == 0;
  if (!done)
    throw Error("cannot set the mode of " + path.string() + ": " + system_error_text(errno));
}

/// Marks what is in the stored tree as it has to be, and removes what else is there. Is its index
/// the one that the files have?
bool find_stored(std::vector<CopiedFile>& files, git_index* stored, const fs::path& to) {
  std::unordered_map<std::string_view, const git_index_entry*> there;
  const auto count = git_index_entrycount(stored);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* entry = git_index_get_byindex(stored, i);
    there.emplace(entry->path, entry);
  }
  bool same = true;
  for (auto& file : files) {
    if (!file.entry) continue;
    const auto found = there.find(file.path);
    const bool usable = found != there.end() && file.clean && is_plain(*file.entry) &&
                        is_same(*found->second, *file.entry);
    same = same && usable;
    if (!usable) continue;
    file.stored = found->second;
    there.erase(found);
  }
  for (const auto& [path, entry] : there) remove_with_empty_folders(to, path);
  return same && there.empty();
}

/// Whole blocks, as a disk keeps a file.
std::uint64_t space_of(std::uint64_t size) {
  constexpr std::uint64_t block = 4096;
  return (size + block - 1) / block * block;
}

}  // namespace

std::uint64_t size_by_index(const fs::path& path) {
  const auto index = index_at(path);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < git_index_entrycount(index.get()); ++i) {
    bytes += space_of(git_index_get_byindex(index.get(), i)->file_size);
  }
  return bytes;
}

mode_t file_mode_mask() {
  const auto mask = ::umask(0);
  ::umask(mask);
  return mask;
}

struct UserTree::Impl {
  explicit Impl(git_repository* user)
      : from(git_repository_workdir(user)), status(read_status(user)), index(open_index(user)) {}

  fs::path from;
  Status status;
  Index index;
};

UserTree::UserTree(git_repository* user) : impl_(std::make_unique<Impl>(user)) {}
UserTree::~UserTree() = default;

bool UserTree::is_worth_keeping() const {
  constexpr std::size_t share = 8, samples = 64;
  const auto count = git_index_entrycount(impl_->index.get());
  if (impl_->status.not_clean.size() * share >= count) return false;
  // After `cp -r` or `touch` git knows no file any more until it has looked at all of them.
  std::size_t looked = 0, known = 0;
  for (std::size_t i = 0; i < count; i += count / samples + 1, ++looked) {
    const auto* entry = git_index_get_byindex(impl_->index.get(), i);
    known += is_file_of(*entry, impl_->from / entry->path) ? 1 : 0;
  }
  return known * 2 > looked;
}

std::uint64_t UserTree::copy_clean(const fs::path& files, const fs::path& index) const {
  WorkingCopy ignored;
  auto clean = list_files(impl_->index.get(), Status(), ignored);
  std::erase_if(clean, [&](const CopiedFile& file) {
    return impl_->status.not_clean.contains(file.path) || !is_plain(*file.entry) ||
           file.entry->mode == GIT_FILEMODE_COMMIT;
  });
  make_folders(clean, impl_->from, files);
  copy_files(clean, impl_->from, files);
  const auto mask = file_mode_mask();
  std::uint64_t bytes = 0;
  for (auto& file : clean) {
    file.clean = file.status && is_file_of(*file.entry, impl_->from / file.path);
    if (!file.clean) {
      remove_with_empty_folders(files, file.path);
      continue;
    }
    set_mode_of_checkout(file, files / file.path, mask);
    bytes += space_of(static_cast<std::uint64_t>(file.status->st_size));
  }
  std::erase_if(clean, [](const CopiedFile& file) { return !file.clean; });
  write_index(index_at(index).get(), clean);
  return bytes;
}

WorkingCopy UserTree::copy_to(git_repository* own, const fs::path& stored_index) const {
  const fs::path to = git_repository_workdir(own);
  WorkingCopy result;
  result.changed = impl_->status.changed;
  auto files = list_files(impl_->index.get(), impl_->status, result);
  const auto place = fs::path(git_repository_path(own)) / "index";
  Index stored;
  bool as_stored = false;
  if (!stored_index.empty()) {
    stored = index_at(stored_index);
    as_stored = find_stored(files, stored.get(), to);
  }
  make_folders(files, impl_->from, to);
  copy_files(files, impl_->from, to);
  if (as_stored) {
    fs::copy_file(stored_index, place);
  } else {
    write_index(index_at(place).get(), files);
  }
  for (const auto& path : result.submodules) {
    std::error_code problem;
    fs::create_directories(to / path, problem);
  }
  for (const auto& file : files) result.untracked += !file.entry && file.status;
  for (const auto& path : impl_->status.nested) {
    result.warnings.push_back(path + " is a git repository of its own and was left out");
  }
  return result;
}

}  // namespace crun::executor::git
