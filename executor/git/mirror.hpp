// A bare copy of a repository elsewhere, fetched again and again. Only one process at a time may
// write it; runs read it and borrow its objects meanwhile, so no object in it is ever removed, only
// names.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "executor/git/remote_program.hpp"

namespace crun::executor::git {

class Mirror {
 public:
  /// `url` is anything libgit2 can fetch. Without a program it is fetched in this process.
  Mirror(
      std::filesystem::path folder,
      std::string url,
      std::shared_ptr<const RemoteProgram> program = {});

  /// Makes it if it is not there, and removes what a killed fetch left. Throws Error, as do all.
  void open() const;
  /// Asks the remote, without fetching.
  RefMap look() const;
  /// Brings branches, tags and HEAD to what the remote has now.
  void fetch() const;
  /// As they were fetched last.
  RefMap refs() const;
  /// Brings small packs together when there are many: each fetch leaves one, and whoever looks for
  /// an object asks them all. No object is lost by it. Needs the git program; where there is none,
  /// nothing happens.
  void tidy() const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::string url_;
  std::shared_ptr<const RemoteProgram> program_;
};

}  // namespace crun::executor::git
