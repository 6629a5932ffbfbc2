#include "executor/builtin/paths_filter/bracket_class.hpp"

#include <utility>

#include <fmt/format.h>

namespace crun::executor::builtin {

namespace {

std::string_view posix_class(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> classes[] = {
      {"alnum", "a-zA-Z0-9"},
      {"alpha", "a-zA-Z"},
      {"ascii", "\\x00-\\x7F"},
      {"blank", " \\t"},
      {"cntrl", "\\x00-\\x1F\\x7F"},
      {"digit", "0-9"},
      {"graph", "\\x21-\\x7E"},
      {"lower", "a-z"},
      {"print", "\\x20-\\x7E "},
      {"punct", "\\-!\"#$%&'()\\*+,./:;<=>?@[\\]^_`{|}~"},
      {"space", " \\t\\r\\n\\v\\f"},
      {"upper", "A-Z"},
      {"word", "A-Za-z0-9_"},
      {"xdigit", "A-Fa-f0-9"}};
  for (const auto& [known, ranges] : classes) {
    if (known == name) return ranges;
  }
  return {};
}

/// `[:name:]` at a place: its ranges and length; none when it is no such.
struct NamedRanges {
  std::string_view ranges;
  std::size_t length = 0;
};

NamedRanges named_ranges(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("[:")) return {};
  const std::size_t end = text.find(":]", at + 2);
  if (end == std::string_view::npos) return {};
  return {posix_class(text.substr(at + 2, end - at - 2)), end + 2 - at};
}

}  // namespace

std::string escape_for_regex(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (regex_characters.find(c) != std::string_view::npos || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::size_t class_end(std::string_view glob, std::size_t open) {
  if (glob.find(']', open) == std::string_view::npos) return std::string_view::npos;
  std::size_t i = open + 1;
  if (i < glob.size() && glob[i] == '^') ++i;
  if (i < glob.size() && glob[i] == ']') ++i;  // first it is one of the characters
  for (; i < glob.size(); ++i) {
    if (glob[i] == '\\') {
      ++i;
    } else if (glob[i] == ']') {
      return i;
    } else if (const auto named = named_ranges(glob, i); !named.ranges.empty()) {
      i += named.length - 1;
    }
  }
  return std::string_view::npos;
}

std::string class_regex(std::string_view inner) {
  std::string content;
  bool posix = false;
  const std::size_t first = inner.starts_with('^') ? 1 : 0;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\' && i + 1 < inner.size()) {
      content += inner.substr(i++, 2);
      continue;
    }
    if (const auto named = named_ranges(inner, i); !named.ranges.empty()) {
      content += named.ranges;
      posix = true;
      i += named.length - 1;
      continue;
    }
    const bool last_dash = inner[i] == '-' && i + 1 == inner.size();
    if (inner[i] == '[' || last_dash || (inner[i] == ']' && i == first)) content += '\\';
    content += inner[i];
  }
  if (!posix && content.find_first_of(regex_characters) == std::string::npos) {
    return fmt::format("(?:\\[{}\\]|[{}])", content, content);
  }
  // A negated class must not cross into the next segment.
  const bool closed = !posix && first == 1 && inner.find('/') == std::string_view::npos;
  return fmt::format("[{}{}]", content, closed ? "/" : "");
}

}  // namespace crun::executor::builtin
