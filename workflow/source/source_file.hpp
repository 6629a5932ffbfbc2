// One text in memory: where it came from, its bytes, and where its lines begin.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/source/span.hpp"

namespace crun::workflow {

/// A text that diagnostics can point into. `path` is what people are shown: relative to where they
/// stand, or to the repository. Columns count code points, as editors do.
class SourceFile {
 public:
  SourceFile(std::string path, std::string text);

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }

  /// The text of a 1-based line without its line break; empty beyond the end.
  std::string_view line(int number) const;
  /// Line and column of a byte offset; offsets beyond the end give the end.
  Position position(std::size_t offset) const;
  /// Byte offset of a position; columns beyond the line give its end.
  std::size_t offset(Position position) const;

 private:
  std::size_t continuations_before(std::size_t offset) const;

  std::string path_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
  /// How many continuation bytes of UTF-8 stand before each block of bytes; empty if there are
  /// none. It keeps positions cheap where a megabyte is one line.
  std::vector<std::size_t> continuations_;
};

using SourcePtr = std::shared_ptr<const SourceFile>;

}  // namespace crun::workflow
