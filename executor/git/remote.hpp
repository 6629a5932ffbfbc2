// Fetching from a URL into a bare repository that mirrors what is there.
#pragma once

#include <string>

#include "executor/git/library.hpp"

struct git_remote;
struct git_remote_callbacks;
extern "C" void git_remote_free(git_remote* remote);

namespace crun::executor::git {

using RemoteHandle = Handle<git_remote, git_remote_free>;

/// Whoever is at `url`, without a name and without the `url.*.insteadOf` of the user's settings.
RemoteHandle remote_at(git_repository* mirror, const std::string& url);

/// Every branch and tag, under the name it has there. Throws Error "<what>: <reason>".
void fetch_all(git_remote* remote, const git_remote_callbacks& callbacks, const std::string& what);

}  // namespace crun::executor::git
