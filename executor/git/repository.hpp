// A git repository, read through libgit2. Nothing here writes.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::git {

struct Head {
  std::string ref;     // "refs/heads/main"; empty when detached
  std::string commit;  // empty in a repository without commits
};

struct CommitFacts {
  std::string id, tree;
  std::string message, author_name, author_email, committer_name, committer_email;
  std::string timestamp;  // of the committer, RFC 3339
  std::vector<std::string> parents;
};

/// A path that differs between two commits.
struct Change {
  enum class Kind { added, removed, modified };
  Kind kind = Kind::modified;
  std::string path;
};

class Repository {
 public:
  /// Opens the repository that holds `path`, looking upwards. Throws Error ("... is in no git
  /// repository").
  static Repository open(const std::filesystem::path& path);
  static std::optional<Repository> try_open(const std::filesystem::path& path);
  ~Repository();
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;

  std::filesystem::path root() const;        // of the working tree; of a bare one its folder
  std::filesystem::path git_folder() const;  // common directory, also of a worktree
  Head head() const;
  /// A branch, tag, full ref or commit -> full ref (empty for a bare commit) and commit. Short
  /// names: branches before tags, as git prefers them the other way round but people mean branches.
  std::optional<Head> resolve(std::string_view name) const;
  std::vector<std::string> tags() const;      // short names
  std::vector<std::string> branches() const;  // local, short names
  std::optional<std::string> remote_url(std::string_view name = "origin") const;
  /// Branch that origin/HEAD names, else main, master, else HEAD's.
  std::string default_branch() const;
  std::optional<CommitFacts> commit(std::string_view id) const;
  /// Commits of `to` that `from` does not have (all, if it is empty), newest first.
  std::vector<CommitFacts> history(
      const std::string& from, const std::string& to, std::size_t limit) const;
  /// Paths changed between two commits (renames as both names); `from` empty: everything.
  std::vector<std::string> changed_paths(const std::string& from, const std::string& to) const;
  std::vector<Change> changes(const std::string& from, const std::string& to) const;
  /// Changed and untracked paths of the working tree against HEAD.
  std::vector<std::string> dirty_paths() const;
  /// Paths in the index.
  std::vector<std::string> tracked_paths() const;
  bool is_ancestor(const std::string& ancestor, const std::string& of) const;
  std::optional<std::string> merge_base(const std::string& a, const std::string& b) const;
  std::optional<std::string> read_file(const std::string& commit, const std::string& path) const;
  /// Names of the files right in a folder of a commit.
  std::vector<std::string> list_folder(const std::string& commit, const std::string& path) const;
  /// A folder of a commit; a submodule is one, and a link, which is not followed, may be one.
  bool has_folder(const std::string& commit, const std::string& path) const;
  bool is_shallow() const;

 private:
  struct Impl;
  explicit Repository(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::executor::git
