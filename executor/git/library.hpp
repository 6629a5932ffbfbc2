// libgit2 for the files of this folder: set up once, its objects owned, its errors thrown.
//
// Set up for reading what belongs to the user: a repository of another owner may be read (nothing
// in it is ever executed), and extensions that do not change how objects are read are accepted.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

struct git_commit;
struct git_oid;
struct git_repository;
extern "C" void git_commit_free(git_commit* commit);
extern "C" void git_repository_free(git_repository* repository);

namespace crun::executor::git {

template <auto free_object>
struct Freer {
  template <typename Object>
  void operator()(Object* object) const {
    free_object(object);
  }
};

/// Owns an object of libgit2: Handle<git_tree, git_tree_free>.
template <typename Object, auto free_object>
using Handle = std::unique_ptr<Object, Freer<free_object>>;

using CommitHandle = Handle<git_commit, git_commit_free>;
using RepositoryHandle = Handle<git_repository, git_repository_free>;

/// Sets the library up, once in a process.
void start_library();

/// Throws Error "<what>: <libgit2's reason>" for a negative code.
void check(int code, const std::string& what);

/// The reason of the last failure in this thread, without a full stop.
std::string last_reason();

/// An object's name as git writes it: 40 digits.
std::string hex(const git_oid& id);

/// A file's bytes; none where it cannot be read.
std::string file_text(const std::filesystem::path& path);

/// Opens the repository that holds `path`; null when there is none. Throws Error when there is one
/// that cannot be read.
RepositoryHandle open_handle(const std::filesystem::path& path);

/// The commit of an id of 40 digits. Throws Error when there is none.
CommitHandle read_commit(git_repository* repository, const std::string& id);

/// A setting as git would see it in this repository, user-wide ones included.
std::optional<std::string> config_value(git_repository* repository, const std::string& name);

}  // namespace crun::executor::git
