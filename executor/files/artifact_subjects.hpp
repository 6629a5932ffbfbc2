// $GITHUB_ARTIFACTS: a file in which a step names what it made, files and container images, for
// attestations to be written about them. GitHub keeps it behind a switch
// (ACTIONS_RUNNER_ALLOW_ARTIFACTS_FILE), and so do we.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

struct ArtifactSubject {
  std::string name;    // of the file, or of the image with its tag
  std::string digest;  // "sha256:..."
  std::string kind;    // "file" or "oci"

  bool operator==(const ArtifactSubject&) const = default;
};

/// The subjects of a job so far, each once.
class ArtifactSubjects {
 public:
  /// Reads a step's file: a path or `NAME@sha256:...` a line, `#` begins a comment. Throws
  /// std::runtime_error with the line's number; then nothing is added.
  void add_file(std::string_view text, const std::filesystem::path& workspace);
  void add(ArtifactSubject subject);

  const std::vector<ArtifactSubject>& all() const { return subjects_; }
  /// What $GITHUB_ARTIFACTS_LIST holds for later steps.
  std::string to_json() const;

 private:
  std::vector<ArtifactSubject> subjects_;
};

}  // namespace crun::executor
