#include "runner/server/journal_reader.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace crun::runner {

namespace {

constexpr std::size_t read_size = 64 * 1024;

/// Reads up to `size` bytes at `offset`; fewer at the end of the file, none on an error.
std::string read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  ssize_t count = 0;
  do {
    count = ::pread(fd, bytes.data(), size, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

}  // namespace

JournalReader::JournalReader(std::filesystem::path path, std::uint64_t offset)
    : path_(std::move(path)), offset_(offset) {}

bool JournalReader::open() {
  if (file_) return true;
  file_ = executor::Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file_) return false;
  if (offset_ > 0 && read_at(file_.get(), offset_ - 1, 1) != "\n") offset_ = 0;
  return true;
}

bool JournalReader::read_more() {
  if (!open()) return false;
  buffer_.erase(0, at_);
  searched_ -= at_;
  at_ = 0;
  const auto more = read_at(file_.get(), offset_ + buffer_.size(), read_size);
  buffer_ += more;
  return !more.empty();
}

std::optional<std::string_view> JournalReader::next() {
  for (;;) {
    const auto end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      const auto line = std::string_view(buffer_).substr(at_, end - at_);
      offset_ += line.size() + 1;
      at_ = searched_ = end + 1;
      return line;
    }
    searched_ = buffer_.size();
    if (!read_more()) return std::nullopt;
  }
}

std::string line_before(const std::filesystem::path& path, std::uint64_t offset) {
  const executor::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file || offset == 0 || read_at(file.get(), offset - 1, 1) != "\n") return {};
  std::string line;
  for (auto end = offset - 1; end > 0;) {
    const auto size = std::min<std::uint64_t>(end, read_size);
    const auto bytes = read_at(file.get(), end - size, static_cast<std::size_t>(size));
    const auto before = bytes.rfind('\n');
    if (before != std::string::npos) return bytes.substr(before + 1) + line;
    if (bytes.size() != size) return {};
    line.insert(0, bytes);
    end -= size;
  }
  return line;
}

}  // namespace crun::runner
