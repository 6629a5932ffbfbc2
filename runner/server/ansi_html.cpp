#include "runner/server/ansi_html.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "runner/server/page_template.hpp"

namespace crun::runner {

namespace {

struct Style {
  int colour = -1;  // 0-15; -1: that of the page
  bool bold = false;

  bool plain() const { return colour < 0 && !bold; }
};

std::vector<int> numbers_of(std::string_view parameters) {
  std::vector<int> numbers;
  while (true) {
    const auto end = std::min(parameters.size(), parameters.find_first_of(";:"));
    int number = 0;
    std::from_chars(parameters.data(), parameters.data() + end, number);
    numbers.push_back(number);
    if (end == parameters.size()) return numbers;
    parameters.remove_prefix(end + 1);
  }
}

/// "Select graphic rendition" of ECMA-48. Of 256 and true colours only the first 16 are known.
void restyle(Style& style, const std::vector<int>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const int number = numbers[i];
    if (number == 0) style = {};
    if (number == 1) style.bold = true;
    if (number == 22) style.bold = false;
    if (number >= 30 && number <= 37) style.colour = number - 30;
    if (number >= 90 && number <= 97) style.colour = number - 90 + 8;
    if (number == 39) style.colour = -1;
    if (number != 38 && number != 48) continue;
    const int space = i + 1 < numbers.size() ? numbers[i + 1] : 0;
    const int index = i + 2 < numbers.size() ? numbers[i + 2] : -1;
    if (number == 38 && space == 5) style.colour = index < 16 ? index : -1;
    i += space == 5 ? 2 : space == 2 ? 4 : 0;
  }
}

/// The length of the escape sequence at the start of `text`, which is an ESC.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    const auto end =
        std::find_if(text.begin() + 2, text.end(), [](char c) { return c >= 0x40 && c <= 0x7e; });
    return static_cast<std::size_t>(end - text.begin()) + (end == text.end() ? 0 : 1);
  }
  if (text[1] == ']') {  // a title or a link, up to BEL or ESC "\"
    const auto end = text.find_first_of("\a\x1b", 2);
    if (end == std::string_view::npos) return text.size();
    return end + (text[end] == '\a' ? 1 : 2);
  }
  return 2;
}

void append(std::string& html, const Style& style, std::string_view text) {
  if (text.empty()) return;
  if (style.plain()) {
    html += escape_html(text);
    return;
  }
  std::string classes;
  if (style.colour >= 0) classes = fmt::format("ansi-{}", style.colour);
  if (style.bold) classes += classes.empty() ? "ansi-bold" : " ansi-bold";
  html += fmt::format(R"(<span class="{}">{}</span>)", classes, escape_html(text));
}

}  // namespace

std::string ansi_html(std::string_view line) {
  std::string html;
  Style style;
  while (!line.empty()) {
    const auto control = std::find_if(line.begin(), line.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 && c != '\t';
    });
    const auto size = static_cast<std::size_t>(control - line.begin());
    append(html, style, line.substr(0, size));
    line.remove_prefix(size);
    if (line.empty()) break;
    if (line.front() != '\x1b') {
      line.remove_prefix(1);
      continue;
    }
    const auto length = std::min(line.size(), sequence_length(line));
    const auto sequence = line.substr(0, length);
    if (length > 2 && sequence[1] == '[' && sequence.back() == 'm') {
      restyle(style, numbers_of(sequence.substr(2, length - 3)));
    }
    line.remove_prefix(length);
  }
  return html;
}

}  // namespace crun::runner
