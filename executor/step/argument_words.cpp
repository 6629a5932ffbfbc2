#include "executor/step/argument_words.hpp"

#include <algorithm>

namespace crun::executor {

namespace {

constexpr std::string_view blanks = " \t";

/// The backslashes at the front of `rest`, and the quote that they escape, as they are meant.
std::string take_backslashes(std::string_view& rest) {
  const auto count = std::min(rest.find_first_not_of('\\'), rest.size());
  rest.remove_prefix(count);
  if (!rest.starts_with('"')) return std::string(count, '\\');
  std::string meant(count / 2, '\\');
  if (count % 2 == 0) return meant;
  rest.remove_prefix(1);
  return meant + '"';
}

std::string take_word(std::string_view& rest) {
  std::string word;
  bool quoted = false;
  while (!rest.empty()) {
    const char byte = rest.front();
    if (byte == '\\') {
      word += take_backslashes(rest);
      continue;
    }
    if (!quoted && blanks.find(byte) != std::string_view::npos) break;
    rest.remove_prefix(1);
    if (byte != '"') {
      word += byte;
    } else if (quoted && rest.starts_with('"')) {  // two of them are one
      word += byte;
      rest.remove_prefix(1);
    } else {
      quoted = !quoted;
    }
  }
  return word;
}

}  // namespace

std::vector<std::string> argument_words(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (text.empty()) return words;
    words.push_back(take_word(text));
  }
}

}  // namespace crun::executor
