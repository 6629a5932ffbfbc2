// What one body takes of the memory that all of them may take together.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace crun::runner {

using BodyBytes = std::shared_ptr<std::atomic<std::uint64_t>>;

/// Goes where the body goes, and may end on another thread than it began on.
class BodyShare {
 public:
  BodyShare(BodyBytes all, std::uint64_t limit) : all_(std::move(all)), limit_(limit) {}
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { *all_ -= mine_; }

  /// False: there is no room for so many more bytes.
  bool add(std::uint64_t bytes) {
    if (*all_ + bytes > limit_) return false;
    mine_ += bytes;
    *all_ += bytes;
    return true;
  }

 private:
  BodyBytes all_;
  std::uint64_t limit_;
  std::uint64_t mine_ = 0;
};

}  // namespace crun::runner
