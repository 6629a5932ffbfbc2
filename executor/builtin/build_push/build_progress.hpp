// Reads facts out of buildx's plain progress while it runs past: which image was made, how many
// steps came from the cache, which step failed. BuildKit prints the digest when it exports, so it
// is known also when the push fails and buildx writes neither image id nor metadata.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace crun::executor::builtin {

class BuildProgress {
 public:
  void line(std::string_view line);

  /// Of the manifest or index that was exported; empty when the build did not get that far, or the
  /// engine keeps images in its old store.
  const std::string& exported_digest() const { return index_.empty() ? manifest_ : index_; }
  /// Steps of Dockerfiles: "[stage 2/5] RUN ...".
  int total_steps() const { return static_cast<int>(steps_.size()); }
  int cached_steps() const;
  /// "[stage 2/5] RUN ..." of the first step that failed, or ''.
  const std::string& failed_step() const { return failed_step_; }

 private:
  struct Step {
    std::string title;
    bool cached = false;
  };
  std::map<int, Step> steps_;
  std::string manifest_, index_, failed_step_;
};

}  // namespace crun::executor::builtin
