#include "workflow/source/source_file.hpp"

#include <algorithm>
#include <utility>

namespace crun::workflow {

namespace {

constexpr std::size_t block_size = 256;

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

SourceFile::SourceFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t at = 0; at < text_.size(); ++at) {
    const bool lone_return = text_[at] == '\r' && (at + 1 == text_.size() || text_[at + 1] != '\n');
    if (text_[at] == '\n' || lone_return) line_starts_.push_back(at + 1);
  }
  if (std::none_of(text_.begin(), text_.end(), continues)) return;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (at % block_size == 0) continuations_.push_back(count);
    if (continues(text_[at])) ++count;
  }
}

std::string_view SourceFile::line(int number) const {
  if (number < 1 || number > static_cast<int>(line_starts_.size())) return {};
  const auto begin = line_starts_[number - 1];
  auto end = number < static_cast<int>(line_starts_.size()) ? line_starts_[number] : text_.size();
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return std::string_view(text_).substr(begin, end - begin);
}

Position SourceFile::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<int>(next - line_starts_.begin());
  const auto begin = line_starts_[line - 1];
  const auto continuations = continuations_before(offset) - continuations_before(begin);
  return {line, 1 + static_cast<int>(offset - begin - continuations)};
}

std::size_t SourceFile::offset(Position position) const {
  if (position.line < 1) return 0;
  if (position.line > static_cast<int>(line_starts_.size())) return text_.size();
  const auto text = line(position.line);
  const auto start = line_starts_[position.line - 1];
  const auto before = static_cast<std::size_t>(std::max(position.column, 1) - 1);
  if (continuations_.empty()) return start + std::min(before, text.size());
  std::size_t at = 0;
  for (std::size_t column = 0; at < text.size() && column < before; ++column) {
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
  }
  return start + at;
}

std::size_t SourceFile::continuations_before(std::size_t offset) const {
  if (continuations_.empty()) return 0;
  const auto block = std::min(offset / block_size, continuations_.size() - 1);
  const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(block * block_size);
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(offset);
  return continuations_[block] + static_cast<std::size_t>(std::count_if(begin, end, continues));
}

}  // namespace crun::workflow
