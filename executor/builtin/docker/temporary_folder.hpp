// The folder a docker action works in: $RUNNER_TEMP/docker-actions-toolkit-XXXXXX, for its owner's
// eyes only, removed with everything in it when the action ends.
#pragma once

#include <filesystem>
#include <string_view>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

class TemporaryFolder {
 public:
  /// Throws Error.
  explicit TemporaryFolder(const ActionRuntime& runtime);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// A name in the folder that is not taken: "<stem>XXXXXXXXXX<extension>".
  std::filesystem::path fresh_name(std::string_view stem, std::string_view extension = {}) const;
  /// A file `tmp-...` of mode 0600 with this content. Throws Error.
  std::filesystem::path write(std::string_view content) const;

 private:
  std::filesystem::path path_;
};

}  // namespace crun::executor::builtin
