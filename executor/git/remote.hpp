// Asking and fetching from a URL into a bare repository that mirrors what is there. libgit2 waits
// for a server for ever and cannot be interrupted: see remote_program.hpp.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace crun::executor::git {

/// Branches and tags by full name, with what they name: of an annotated tag the tag object.
using RefMap = std::map<std::string, std::string>;

struct Remote {
  std::string url;  // anything libgit2 can fetch
  /// For "https://github.com" and what lies below it alone, and in the clear only on this machine.
  std::string token = {}, token_server = {};
};

/// Told each time that something has come.
using Progress = std::function<void()>;

/// Asks, without fetching. Throws Error, as does the other.
RefMap look(const Remote& remote, const Progress& progress = {});

/// Brings branches, tags and HEAD of the bare repository in `folder` to what the remote has now,
/// under the names they have there.
void fetch(
    const std::filesystem::path& folder, const Remote& remote, const Progress& progress = {});

/// The branches and tags of a repository of ours.
RefMap refs_of(const std::filesystem::path& folder);

}  // namespace crun::executor::git
