#include "executor/git/tree_store.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/files/write.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

/// Others may finish, or remove, a tree between two steps here.
constexpr int patience = 100;

constexpr std::string_view filling = ".filling-", removing = ".removing-";

Error failure(const std::string& what, const fs::path& path) {
  return Error("cannot " + what + " " + path.string() + ": " + system_error_text(errno));
}

/// A folder under a lock, and still the one of that name: it may have been renamed or removed by
/// who had the lock before.
Fd lock_folder(const fs::path& path, int how) {
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return {};
  if (::flock(folder.get(), how) != 0) {
    if (how & LOCK_NB) return {};
    throw failure("wait for", path);  // a signal: the step is to end
  }
  struct stat locked {
  }, named{};
  const bool same = ::fstat(folder.get(), &locked) == 0 && ::stat(path.c_str(), &named) == 0 &&
                    locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
  return same ? std::move(folder) : Fd();
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem)) {
    found.push_back(it->path());
  }
  return found;
}

/// Drops the users that have gone; is one left?
bool is_used(const fs::path& tree) {
  bool used = false;
  for (const auto& user : entries(tree / "users")) {
    std::error_code problem;
    if (fs::exists(user, problem) || problem) {
      used = true;
    } else {
      ::unlink(user.c_str());
    }
  }
  return used;
}

void add_user(const fs::path& tree, const fs::path& run) {
  const auto user = tree / "users" / run.filename();
  if (::symlink(run.c_str(), user.c_str()) == 0) {
    is_used(tree);  // nobody else tidies up as long as trees are few
  } else if (errno != EEXIST) {
    throw failure("make", user);
  }
}

std::uint64_t known_size(const fs::path& tree) {
  std::uint64_t bytes = 0;
  std::ifstream(tree / "size") >> bytes;
  return bytes;
}

/// A tree, or what a killed process left of one, unless somebody is at it.
bool remove_unused(const fs::path& tree) {
  const auto lock = lock_folder(tree, LOCK_EX | LOCK_NB);
  if (!lock || is_used(tree)) return false;
  auto gone = tree;
  if (!tree.filename().native().starts_with(removing)) {
    gone.replace_filename(std::string(removing) + tree.filename().native());
    if (::rename(tree.c_str(), gone.c_str()) != 0) return false;
  }
  return remove_tree(gone).empty();
}

bool is_tree(const fs::path& entry) {
  return !entry.filename().native().starts_with('.');
}

StoredTree parts_of(const fs::path& tree) {
  return {tree / "files", tree / "index"};
}

/// What a killed process has begun is begun again.
void fill_folder(const fs::path& folder, const TreeStore::Fill& fill) {
  for (const auto& entry : entries(folder)) remove_tree(entry);
  const auto parts = parts_of(folder);
  make_private_folder(parts.files);
  make_private_folder(folder / "users");
  const auto bytes = fill(parts);
  write_file(folder / "size", std::to_string(bytes) + '\n');
}

}  // namespace

TreeStore::TreeStore(fs::path root, StoreLimits limits) : root_(std::move(root)), limits_(limits) {}

bool TreeStore::has(std::string_view name) const {
  std::error_code problem;
  return fs::exists(root_ / name, problem);
}

StoredTree TreeStore::use(const std::string& name, const fs::path& run, const Fill& fill) const {
  const auto tree = root_ / name, unfinished = root_ / (std::string(filling) + name);
  for (int attempt = 0; attempt < patience; ++attempt) {
    if (const auto lock = lock_folder(tree, LOCK_SH)) {
      add_user(tree, run);
      return parts_of(tree);
    }
    std::error_code problem;
    fs::create_directories(root_, problem);
    make_private_folder(unfinished);
    const auto lock = lock_folder(unfinished, LOCK_EX);
    if (!lock) continue;
    if (has(name)) {
      ::rmdir(unfinished.c_str());
      continue;
    }
    try {
      fill_folder(unfinished, fill);
      add_user(unfinished, run);
      if (::rename(unfinished.c_str(), tree.c_str()) != 0) throw failure("make", tree);
    } catch (...) {
      remove_tree(unfinished);
      throw;
    }
    trim(name);
    return parts_of(tree);
  }
  throw Error("cannot use " + tree.string() + ": it comes and goes");
}

void TreeStore::trim(const std::string& kept) const {
  struct Kept {
    fs::path path;
    fs::file_time_type used;  // adding a user changes the folder's time
  };
  std::vector<Kept> trees;
  std::error_code problem;
  for (const auto& entry : entries(root_)) {
    if (!is_tree(entry)) {
      remove_unused(entry);
    } else if (entry.filename() != kept) {
      trees.push_back({entry, fs::last_write_time(entry / "users", problem)});
    }
  }
  std::sort(
      trees.begin(), trees.end(), [](const auto& a, const auto& b) { return a.used > b.used; });
  std::size_t count = 1;
  auto bytes = known_size(root_ / kept);
  for (const auto& tree : trees) {
    bytes += known_size(tree.path);
    if (++count > limits_.trees || bytes > limits_.bytes) remove_unused(tree.path);
  }
}

std::size_t TreeStore::clear() const {
  std::size_t removed = 0;
  for (const auto& entry : entries(root_)) {
    const bool gone = remove_unused(entry);
    removed += gone && is_tree(entry) ? 1 : 0;
  }
  ::rmdir(root_.c_str());
  return removed;
}

}  // namespace crun::executor::git
