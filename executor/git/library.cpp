#include "executor/git/library.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include <git2.h>

#include "executor/error.hpp"

namespace crun::executor::git {

void start_library() {
  static const int started = [] {
    const int count = git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    std::array<const char*, 3> extensions = {"worktreeconfig", "partialclone", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size());
    return count;
  }();
  static_cast<void>(started);
}

std::string last_reason() {
  const git_error* error = git_error_last();
  std::string reason = error && error->message ? error->message : "unknown reason";
  while (!reason.empty() && (reason.back() == '.' || reason.back() == '\n')) reason.pop_back();
  return reason;
}

void check(int code, const std::string& what) {
  if (code < 0) throw Error(what + ": " + last_reason());
}

std::string hex(const git_oid& id) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  git_oid_tostr(text.data(), text.size(), &id);
  return text.data();
}

RepositoryHandle open_handle(const std::filesystem::path& path) {
  start_library();
  git_repository* found = nullptr;
  // Like git: upwards, but not over a file system boundary unless it is asked for there.
  const int code = git_repository_open_ext(&found, path.c_str(), 0, nullptr);
  if (code == GIT_ENOTFOUND) return nullptr;
  if (code < 0) {
    const auto reason = last_reason();
    std::string cure = "check it with `git -C " + path.string() + " status`";
    if (reason.find("objectformat") != std::string::npos) {
      cure = "repositories with SHA-256 objects are not supported yet; SHA-1 ones are";
    } else if (reason.find("extension") != std::string::npos) {
      cure = "the extension named is not supported; `git config --local --get-regexp extensions`";
    }
    throw Error("cannot open the git repository at " + path.string() + ": " + reason, cure);
  }
  return RepositoryHandle(found);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

CommitHandle read_commit(git_repository* repository, const std::string& id) {
  git_oid oid;
  git_commit* commit = nullptr;
  check(git_oid_fromstr(&oid, id.c_str()), "commit " + id);
  check(git_commit_lookup(&commit, repository, &oid), "cannot read the commit " + id);
  return CommitHandle(commit);
}

std::optional<std::string> config_value(git_repository* repository, const std::string& name) {
  git_config* config = nullptr;
  check(git_repository_config_snapshot(&config, repository), "cannot read git's configuration");
  const Handle<git_config, git_config_free> owned(config);
  const char* value = nullptr;
  if (git_config_get_string(&value, config, name.c_str()) < 0) return std::nullopt;
  return value;
}

}  // namespace crun::executor::git
