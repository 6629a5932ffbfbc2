// Reads the journal of a run that may still grow: whole lines only, from any place on. A line that
// is being written, or was cut when its writer was killed, waits for its line break.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "executor/process/fd.hpp"

namespace crun::runner {

class JournalReader {
 public:
  /// The file may come later. An offset that is not the beginning of a line counts as 0.
  JournalReader(std::filesystem::path path, std::uint64_t offset);

  /// The next line without its break; nothing when there is none yet. It lives until the next call.
  std::optional<std::string_view> next();

  /// Where the next line begins.
  std::uint64_t offset() const { return offset_; }

 private:
  bool open();
  bool read_more();

  std::filesystem::path path_;
  executor::Fd file_;
  std::uint64_t offset_;
  std::string buffer_;        // what was read from offset_ - at_ on
  std::size_t at_ = 0;        // the next line in the buffer
  std::size_t searched_ = 0;  // up to here the buffer has no break after at_
};

/// The whole line that ends right before `offset`, without its break; empty if there is none.
std::string line_before(const std::filesystem::path& path, std::uint64_t offset);

}  // namespace crun::runner
