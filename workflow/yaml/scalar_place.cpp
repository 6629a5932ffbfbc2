// The scalar's text is laid beside the file's: white space matches white space of any length, since
// folding and margins change nothing else, and an escape sequence matches what it stands for.
#include "workflow/yaml/scalar_place.hpp"

namespace crun::workflow {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// Over `&anchor` and `!tag` to what they stand before, and over the line of a block's `|` or `>`.
std::size_t content_begin(std::string_view file, std::size_t at) {
  while (at < file.size() && (file[at] == '&' || file[at] == '!')) {
    while (at < file.size() && !is_space(file[at])) ++at;
    while (at < file.size() && is_space(file[at])) ++at;
  }
  if (at >= file.size()) return at;
  if (file[at] == '|' || file[at] == '>') {
    const auto line_end = file.find('\n', at);
    return line_end == std::string_view::npos ? file.size() : line_end + 1;
  }
  return file[at] == '"' || file[at] == '\'' ? at + 1 : at;
}

/// The length of an escape sequence of a double-quoted scalar: \n, \x41, \u00e9, \U0001f600.
std::size_t escape_length(std::string_view file, std::size_t at) {
  const char kind = at + 1 < file.size() ? file[at + 1] : ' ';
  if (kind == 'x') return 4;
  if (kind == 'u') return 6;
  if (kind == 'U') return 10;
  return 2;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// Over white space as the file writes it: in double quotes also \n, \t and an escaped line break.
std::size_t skip_file_space(std::string_view file, std::size_t at, bool escapes) {
  at = skip_space(file, at);
  while (escapes && at + 1 < file.size() && file[at] == '\\' &&
         (is_space(file[at + 1]) || file[at + 1] == 'n' || file[at + 1] == 't' ||
          file[at + 1] == 'r')) {
    at = skip_space(file, at + 2);
  }
  return at;
}

std::size_t skip_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

}  // namespace

Position place_in_scalar(
    const SourceFile& source, Position begin, std::string_view text, std::size_t offset) {
  const std::string_view file = source.text();
  const auto first = source.offset(begin);
  const char quote = first < file.size() ? file[first] : ' ';
  auto at = content_begin(file, first);
  std::size_t read = 0;
  while (read < offset && read < text.size()) {
    if (is_space(text[read])) {
      read = skip_space(text, read);
      if (read > offset) return begin;  // a place within white space is no place of its own
      continue;
    }
    at = skip_file_space(file, at, quote == '"');
    if (at >= file.size()) return begin;
    if (quote == '"' && file[at] == '\\') {
      at += escape_length(file, at);
    } else if (quote == '\'' && file.substr(at, 2) == "''") {
      at += 2;
    } else if (file[at] == text[read]) {
      at = skip_character(file, at);
    } else {
      return begin;
    }
    read = skip_character(text, read);
  }
  at = skip_file_space(file, at, quote == '"');
  if (offset < text.size() && at < file.size() && file[at] == text[offset]) {
    return source.position(at);
  }
  return begin;
}

}  // namespace crun::workflow
