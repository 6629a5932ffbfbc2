// Bytes -> lines, as GitHub's runner reads them: LF, CR LF and a CR alone each end a line.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace crun::executor {

class LineSplitter {
 public:
  using Line = std::function<void(std::string_view)>;
  /// How much of a line without an end may go out as a line of its own (0: nothing yet). Asked
  /// when it has grown to `longest_line`: a cut must not go through a secret.
  using Cut = std::function<std::size_t(std::string_view)>;

  static constexpr std::size_t longest_line = 64 * 1024;
  /// Here memory counts for more than where the cut goes.
  static constexpr std::size_t hard_limit = 16 * longest_line;

  LineSplitter(Line on_line, Cut cut) : on_line_(std::move(on_line)), cut_(std::move(cut)) {}

  void write(std::string_view bytes);
  /// The rest without an end is a line too.
  void finish();

 private:
  void cut_long_line();

  Line on_line_;
  Cut cut_;
  std::string pending_;
  std::size_t cut_again_at_ = longest_line;
  bool after_cr_ = false;  // a LF that comes now belongs to the CR before
};

/// The same text with U+FFFD for whatever is no UTF-8.
std::string repair_utf8(std::string text);

}  // namespace crun::executor
