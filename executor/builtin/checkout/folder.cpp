#include "executor/builtin/checkout/folder.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/git/repository.hpp"

namespace crun::executor::builtin::checkout {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

/// Moves everything of `from` over what is at `to`; folders are merged.
void move_over(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const auto target = to / entry.path().filename();
    const auto there = fs::symlink_status(target);
    if (entry.is_directory() && !entry.is_symlink() && fs::is_directory(there)) {
      move_over(entry.path(), target);
      continue;
    }
    if (fs::exists(there)) fs::remove_all(target);
    fs::rename(entry.path(), target);
  }
}

}  // namespace

bool is_live(const Settings& settings, const fs::path& repository) {
  return fs::weakly_canonical(settings.workspace) ==
         fs::weakly_canonical(git::Repository::open(repository).root());
}

void refuse_to_touch(const Settings& settings, const fs::path& repository) {
  const auto place = fs::weakly_canonical(settings.path);
  const auto own = git::Repository::open(repository);
  for (const auto& folder : {own.root(), own.git_folder()}) {
    const auto theirs = fs::weakly_canonical(folder);
    // The workspace may lie in an ignored folder of the repository, but never around it.
    if (is_within(theirs, place)) {
      throw Failed(fmt::format(
          "'{}' is the repository being run: a checkout there would delete its files",
          settings.path.string()));
    }
  }
  if (is_live(settings, repository) && fs::exists(place) && !fs::is_empty(place)) {
    throw Failed(fmt::format(
        "'{}' has files, and the workspace is live: a checkout there would delete them",
        settings.path.string()));
  }
}

void empty_folder(const fs::path& folder) {
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    fs::remove_all(entry.path(), problem);
    if (problem) {
      throw Error(
          fmt::format("cannot delete {}: {}", entry.path().string(), problem.message()),
          "files that a container has made as another user are deleted by a container");
    }
  }
}

Folder::Folder(const Settings& settings) : place_(settings.path), fresh_(settings.path) {
  const auto there = fs::symlink_status(place_);
  if (fs::exists(there) && !fs::is_directory(fs::status(place_))) fs::remove(place_);
  if (!settings.clean && fs::exists(place_ / ".git")) {
    fresh_ /= ".crun-checkout";  // on the same file system: the place may be a mount
    fs::remove_all(fresh_);
    return;
  }
  empty_folder(place_);
}

Folder::~Folder() {
  if (fresh_ == place_) return;
  std::error_code ignored;
  fs::remove_all(fresh_, ignored);
}

void Folder::finish() const {
  if (fresh_ == place_) return;
  try {
    std::set<std::string> now;
    for (auto& path : git::Repository::open(fresh_).tracked_paths()) now.insert(std::move(path));
    for (const auto& path : git::Repository::open(place_).tracked_paths()) {
      if (!now.contains(path)) fs::remove(place_ / path);
    }
    fs::remove_all(place_ / ".git");
    move_over(fresh_, place_);
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("cannot update {}: {}", place_.string(), error.code().message()));
  }
}

}  // namespace crun::executor::builtin::checkout
