// What a run amounts to: collected from its events, told as conclusion, exit code and note.
#pragma once

#include <string>
#include <vector>

#include "executor/events.hpp"

namespace crun::runner {

/// A sink that remembers images.
class Outcome : public executor::EventSink {
 public:
  void on_event(const executor::Event& event) override;

  const std::vector<executor::PushedImage>& images() const { return images_; }
  /// Of a run that ended by itself: 0, 1, 4 or 5.
  int exit_code(bool failed) const;
  /// "PUSHED 3 images, ...", or why nothing was pushed; empty when no image was built at all.
  std::string note(bool act) const;

 private:
  struct Push {
    std::string job;
    int step;
    executor::PushedImage::State state;
  };

  bool pushed_in_part() const;

  std::vector<executor::PushedImage> images_;
  std::vector<Push> pushes_;
  std::vector<executor::ImageBuilt> built_;
};

}  // namespace crun::runner
