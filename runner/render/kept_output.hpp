// What a sink has written and not yet given to its stream: many lines go out in one piece.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace crun::runner {

class KeptOutput {
 public:
  explicit KeptOutput(std::FILE* stream) : stream_(stream) {}
  ~KeptOutput() { flush(); }
  KeptOutput(const KeptOutput&) = delete;
  KeptOutput& operator=(const KeptOutput&) = delete;

  /// Where to write; call wrote() after each piece.
  std::string& text() { return text_; }
  void wrote() {
    if (text_.size() >= largest) flush();
  }
  void flush() {
    std::fwrite(text_.data(), 1, text_.size(), stream_);
    std::fflush(stream_);
    text_.clear();
  }

 private:
  static constexpr std::size_t largest = 256 * 1024;
  std::FILE* stream_;
  std::string text_;
};

}  // namespace crun::runner
