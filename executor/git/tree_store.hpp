// Checked-out trees that workspaces are laid over (executor/files/overlay), each made once:
//
//     NAME/files     the tree
//     NAME/index     git's index of it
//     NAME/users/    links to the work folders of the runs that use it
//     NAME/size      what it takes of the disk
//     .filling-NAME  one that is being made, locked by who makes it
//
// Several processes may use one store. A tree is changed by nobody once it has its name, and not
// removed as long as the work folder of a run that uses it is there: a killed run's goes after its
// mounts. The run's own lock says nothing of those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace crun::executor::git {

struct StoredTree {
  std::filesystem::path files, index;
};

struct StoreLimits {
  std::size_t trees = 16;
  std::uint64_t bytes = std::uint64_t{4} << 30;
};

class TreeStore {
 public:
  explicit TreeStore(std::filesystem::path root, StoreLimits limits = {});

  bool has(std::string_view name) const;

  /// Puts a tree into an empty folder and its index where nothing is yet; tells the tree's size.
  using Fill = std::function<std::uint64_t(const StoredTree&)>;

  /// The tree of that name for the run with this work folder. When there is none it is filled; who
  /// comes meanwhile waits. Afterwards the trees that were not used for longest go, down to the
  /// limits. Throws Error, and what `fill` throws.
  StoredTree use(const std::string& name, const std::filesystem::path& run, const Fill& fill) const;

  /// Removes all that nobody uses, and tells how many trees that were.
  std::size_t clear() const;

 private:
  void trim(const std::string& kept) const;

  std::filesystem::path root_;
  StoreLimits limits_;
};

}  // namespace crun::executor::git
