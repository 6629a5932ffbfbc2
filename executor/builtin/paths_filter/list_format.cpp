#include "executor/builtin/paths_filter/list_format.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace crun::executor::builtin {

namespace {

bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._+:@%/-").find(c) != std::string_view::npos;
}

bool is_safe_or_comma(char c) {
  return is_safe(c) || c == ',';
}

bool is_blank(char c) {
  return std::string_view(" \t\r\n\f\v").find(c) != std::string_view::npos;
}

/// The original looks for a line that is safe, and takes the whole text for safe then.
template <typename Predicate>
bool has_line_of(std::string_view text, Predicate safe) {
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", from), text.size());
    if (end > from && std::ranges::all_of(text.substr(from, end - from), safe)) return true;
    from = end + 1;
  }
  return false;
}

std::string csv_field(std::string_view path) {
  if (path.empty() || has_line_of(path, is_safe)) return std::string(path);
  std::string result = "\"";
  for (const char c : path) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

/// A backslash before every character that is not surely safe; bytes of one character belong
/// together.
std::string backslashed(std::string_view path) {
  std::string result;
  for (const char c : path) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!is_safe_or_comma(c) && !continues) result += '\\';
    result += c;
  }
  return result;
}

std::string shell_word(std::string_view path) {
  if (path.empty() || has_line_of(path, is_safe_or_comma)) return std::string(path);
  if (path.find('\'') == std::string_view::npos) return fmt::format("'{}'", path);
  const auto readable = [](char c) { return is_safe_or_comma(c) || c == '\'' || is_blank(c); };
  if (std::ranges::all_of(path, readable)) return fmt::format("\"{}\"", path);
  std::string result;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t quote = std::min(path.find('\'', from), path.size());
    if (from > 0) result += "\\'";
    result += shell_word(path.substr(from, quote - from));
    from = quote + 1;
  }
  return result;
}

template <typename Write>
std::string joined(const std::vector<std::string>& paths, char separator, Write write) {
  std::string result;
  for (const std::string& path : paths) {
    if (&path != &paths.front()) result += separator;
    result += write(path);
  }
  return result;
}

}  // namespace

std::optional<ListFormat> list_format_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, ListFormat>, 5> formats = {{
      {"none", ListFormat::none},
      {"csv", ListFormat::csv},
      {"json", ListFormat::json},
      {"shell", ListFormat::shell},
      {"escape", ListFormat::escape},
  }};
  for (const auto& [known, format] : formats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string format_list(const std::vector<std::string>& paths, ListFormat format) {
  switch (format) {
    case ListFormat::csv:
      return joined(paths, ',', csv_field);
    case ListFormat::json:
      return nlohmann::json(paths).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    case ListFormat::shell:
      return joined(paths, ' ', shell_word);
    case ListFormat::escape:
      return joined(paths, ' ', backslashed);
    case ListFormat::none:
      break;
  }
  return {};
}

}  // namespace crun::executor::builtin
