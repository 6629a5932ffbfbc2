// Repositories of actions and called workflows, kept below the cache: one bare mirror each, and
// one folder for every commit that was ever asked for. What is there needs no network.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "executor/git/remote_program.hpp"

namespace crun::executor {

class ActionMirror {
 public:
  /// `server_url`: "https://github.com", or file:///DIR with DIR/OWNER/REPO.git. `cache` is the
  /// folder of all mirrors.
  ActionMirror(
      const git::RemoteProgram& remote,
      const std::string& server_url,
      const std::filesystem::path& cache,
      std::string repository);  // "owner/repo"

  /// Brings branches and tags. The token, where there is one, is for this server alone. Blocks.
  /// Throws Error.
  void fetch(const std::string& token);
  /// The commit of a tag, a branch, a full ref or a full hash, as far as it is here.
  std::optional<std::string> resolve(const std::string& ref) const;
  /// The folder that holds this commit's files, made if it is not there. Throws Error.
  std::filesystem::path folder(const std::string& commit) const;

 private:
  const git::RemoteProgram& remote_;
  std::string repository_, server_, url_;
  std::filesystem::path cache_;
  std::filesystem::path mirror_;   // bare
  std::filesystem::path commits_;  // a folder per commit
};

}  // namespace crun::executor
