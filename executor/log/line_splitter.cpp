#include "executor/log/line_splitter.hpp"

#include <algorithm>

#include "executor/log/any_byte.hpp"

namespace crun::executor {

void LineSplitter::write(std::string_view bytes) {
  // Each is searched once as far as it goes: a search for both at a time looks byte by byte.
  constexpr auto none = std::string_view::npos;
  std::size_t begin = 0, feed = bytes.find('\n');
  while (begin < bytes.size()) {
    if (after_cr_ && bytes[begin] == '\n') ++begin;
    after_cr_ = false;
    if (feed != none && feed < begin) feed = bytes.find('\n', begin);
    const auto before_feed = bytes.substr(begin, feed == none ? none : feed - begin);
    const auto back = before_feed.find('\r');
    const auto piece = before_feed.substr(0, back);
    if (back == none && feed == none) {
      pending_ += piece;
      break;
    }
    after_cr_ = back != none;
    begin += piece.size() + 1;
    if (pending_.empty() && piece.size() < longest_line) {
      on_line_(piece);
      continue;
    }
    pending_ += piece;
    cut_long_line();
    std::string line = std::move(pending_);
    pending_.clear();
    cut_again_at_ = longest_line;
    on_line_(line);
  }
  cut_long_line();
}

void LineSplitter::cut_long_line() {
  std::size_t done = 0;
  while (pending_.size() - done >= cut_again_at_) {
    std::string_view rest = std::string_view(pending_).substr(done);
    // One line's worth, and enough behind it to see the secrets that reach over its end.
    std::size_t size = std::min(cut_(rest.substr(0, cut_again_at_)), longest_line);
    if (size == 0 && cut_again_at_ < hard_limit) {
      cut_again_at_ *= 2;
      continue;
    }
    if (size == 0) size = longest_line;
    // Not within a character.
    for (int back = 0; back < 3 && size > 1 && (rest[size] & 0xC0) == 0x80; ++back) --size;
    on_line_(rest.substr(0, size));
    done += size;
    cut_again_at_ = longest_line;
  }
  pending_.erase(0, done);
}

void LineSplitter::finish() {
  if (pending_.empty()) return;
  std::string line = std::move(pending_);
  pending_.clear();
  on_line_(line);
}

namespace {

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

/// The length of the well-formed sequence at the front; 0 when there is none, and then `bad` is
/// how many bytes one replacement character stands for (Unicode 3.9, maximal subpart).
std::size_t sequence_length(std::string_view text, std::size_t& bad) {
  auto byte = [&](std::size_t i) -> unsigned char {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  unsigned char first = byte(0);
  bad = 1;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(byte(i))) {
      bad = i;
      return 0;
    }
  }
  return length;
}

}  // namespace

std::string repair_utf8(std::string whole) {
  if (!any_byte(whole, [](unsigned char byte) { return byte >= 0x80; })) return whole;
  std::string_view text = whole;
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    auto plain = std::find_if_not(text.begin(), text.end(), is_ascii) - text.begin();
    if (plain > 0) {
      result += text.substr(0, static_cast<std::size_t>(plain));
      text.remove_prefix(static_cast<std::size_t>(plain));
      continue;
    }
    std::size_t bad = 0;
    if (std::size_t length = sequence_length(text, bad)) {
      result += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      result += "\xEF\xBF\xBD";
      text.remove_prefix(bad);
    }
  }
  return result;
}

}  // namespace crun::executor
