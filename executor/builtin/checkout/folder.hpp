// The place where a checkout goes, with what an earlier one, or anything else, has left there.
//
// As the original has it: what is not a repository is deleted, a repository is cleaned, and with
// `clean: false` files that are not tracked stay.
#pragma once

#include <filesystem>

#include "executor/builtin/checkout/settings.hpp"

namespace crun::executor::builtin::checkout {

/// Throws Failed when the folder is, holds or lies in the user's own repository.
void refuse_to_touch(const Settings& settings, const std::filesystem::path& repository);

/// Deletes everything in a folder, but not the folder. Throws Error.
void empty_folder(const std::filesystem::path& folder);

class Folder {
 public:
  explicit Folder(const Settings& settings);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// An empty or absent folder for the new content: the place itself, or one beside it when
  /// something there is to stay.
  const std::filesystem::path& fresh() const { return fresh_; }
  /// Puts new content that is beside the place into it.
  void finish() const;

 private:
  std::filesystem::path place_, fresh_;
};

}  // namespace crun::executor::builtin::checkout
