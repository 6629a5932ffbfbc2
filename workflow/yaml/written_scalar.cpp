#include "workflow/yaml/written_scalar.hpp"

#include <algorithm>

namespace crun::workflow {

namespace {

constexpr auto npos = std::string_view::npos;

}  // namespace

std::size_t quoted_end(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return at + 1;
      ++at;
    }
  }
  return npos;
}

std::size_t unfolded_end(std::string_view text, std::size_t at, std::string_view value) {
  constexpr std::string_view blanks = " \t\r\n";
  for (const char wanted : value) {
    if (blanks.find(wanted) != npos) continue;
    at = text.find_first_not_of(blanks, at);
    if (at == npos) return text.size();
    ++at;
  }
  return at;
}

std::size_t skip_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    const auto end = text.find_first_of(" \t\r\n", at);
    at = end == npos ? text.size() : std::min(text.find_first_not_of(" \t\r\n", end), text.size());
  }
  return at;
}

std::size_t alias_end(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(" \t\r\n,[]{}", at), text.size());
}

std::size_t line_end(std::string_view text, std::size_t at) {
  const auto end = std::min(text.find_first_of("\r\n", at), text.size());
  const auto last = text.substr(0, end).find_last_not_of(' ');
  return last == npos || last < at ? at : last + 1;
}

WrittenScalar find_scalar(
    std::string_view text, std::size_t at, std::string_view value, bool plain) {
  WrittenScalar written;
  written.begin = skip_properties(text, at);
  const char first = written.begin < text.size() ? text[written.begin] : '\0';
  if (plain || (first != '"' && first != '\'' && first != '|' && first != '>')) {
    const bool one_line = text.substr(written.begin, value.size()) == value;
    written.end = one_line ? written.begin + value.size() : line_end(text, written.begin);
  } else if (first == '|' || first == '>') {
    written.style = first == '|' ? Node::Style::literal : Node::Style::folded;
    written.end = line_end(text, written.begin);
  } else {
    written.style = first == '"' ? Node::Style::double_quoted : Node::Style::single_quoted;
    written.end = quoted_end(text, written.begin);
  }
  return written;
}

}  // namespace crun::workflow
