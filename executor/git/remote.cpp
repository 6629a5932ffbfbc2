#include "executor/git/remote.hpp"

#include <array>

#include <git2.h>

namespace crun::executor::git {

RemoteHandle remote_at(git_repository* mirror, const std::string& url) {
  git_remote* remote = nullptr;
  // Searching for `url.*.insteadOf` leaks 20 KB for each entry of the configuration (libgit2 1.5,
  // its patterns that do not match).
  git_remote_create_options making = GIT_REMOTE_CREATE_OPTIONS_INIT;
  making.repository = mirror;
  making.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
  check(git_remote_create_with_opts(&remote, url.c_str(), &making), "cannot read the URL");
  return RemoteHandle(remote);
}

void fetch_all(git_remote* remote, const git_remote_callbacks& callbacks, const std::string& what) {
  git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
  options.callbacks = callbacks;
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.update_fetchhead = 0;
  options.proxy_opts.type = GIT_PROXY_AUTO;
  std::string branches = "+refs/heads/*:refs/heads/*", tags = "+refs/tags/*:refs/tags/*";
  std::array<char*, 2> lines = {branches.data(), tags.data()};
  const git_strarray refspecs{lines.data(), lines.size()};
  check(git_remote_fetch(remote, &refspecs, &options, nullptr), what);
}

}  // namespace crun::executor::git
