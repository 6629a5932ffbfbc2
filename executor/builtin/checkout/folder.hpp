// The place where a checkout goes, with what an earlier one, or anything else, has left there.
//
// As the original has it: what is not a repository is deleted, a repository is cleaned, and with
// `clean: false` files that are not tracked stay.
#pragma once

#include <filesystem>

#include "executor/builtin/checkout/settings.hpp"

namespace crun::executor::builtin::checkout {

/// Is the workspace the user's own working tree (`--workspace live`)?
bool is_live(const Settings& settings, const std::filesystem::path& repository);

/// Throws Failed when the folder is or holds the user's own repository, or files of theirs in a
/// workspace that is live.
void refuse_to_touch(const Settings& settings, const std::filesystem::path& repository);

/// Deletes everything in a folder, but not the folder. Throws Error.
void empty_folder(const std::filesystem::path& folder);

class Folder {
 public:
  explicit Folder(const Settings& settings);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// An empty or absent folder for the new content: the place itself, or one in it when something
  /// there is to stay.
  const std::filesystem::path& fresh() const { return fresh_; }
  /// Puts new content where it belongs.
  void finish() const;

 private:
  std::filesystem::path place_, fresh_;
};

}  // namespace crun::executor::builtin::checkout
