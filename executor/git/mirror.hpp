// A bare copy of a repository elsewhere, fetched again and again. Only one process at a time may
// write it; runs read it and borrow its objects meanwhile, so nothing in it is ever removed but
// names.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace crun::executor::git {

/// Branches and tags by full name, with what they name: of an annotated tag the tag object.
using RefMap = std::map<std::string, std::string>;

class Mirror {
 public:
  /// `url` is anything libgit2 can fetch.
  Mirror(std::filesystem::path folder, std::string url);

  /// Makes it if it is not there, and removes what a killed fetch left. Throws Error, as do all.
  void open() const;
  /// Asks the remote, without fetching.
  RefMap look() const;
  /// Brings branches, tags and HEAD to what the remote has now.
  void fetch() const;
  /// As they were fetched last.
  RefMap refs() const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::string url_;
};

}  // namespace crun::executor::git
