#include "executor/builtin/paths_filter/list_format.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

namespace {

bool all_of_set(std::string_view text, std::string_view punctuation) {
  return std::all_of(text.begin(), text.end(), [&](char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
           punctuation.find(byte) != std::string_view::npos;
  });
}

std::string csv_field(const std::string& path) {
  if (all_of_set(path, "._+:@%/-")) return path;
  std::string quoted = "\"";
  for (const char byte : path) {
    if (byte == '"') quoted += '"';
    quoted += byte;
  }
  return quoted + "\"";
}

std::string shell_word(const std::string& path) {
  constexpr std::string_view safe = ",._+:@%/-";
  if (all_of_set(path, safe)) return path;
  if (path.find('\'') == std::string::npos) return "'" + path + "'";
  if (all_of_set(path, std::string(safe) + " '")) return "\"" + path + "\"";
  std::string word;
  for (std::size_t at = 0;;) {
    const auto end = path.find('\'', at);
    const auto part = path.substr(at, end == std::string::npos ? end : end - at);
    if (!part.empty()) word += shell_word(part);
    if (end == std::string::npos) return word;
    word += "\\'";
    at = end + 1;
  }
}

/// A backslash before every character outside the safe set; a character may be several bytes.
std::string escaped_word(const std::string& path) {
  std::string word;
  for (const char byte : path) {
    const bool continues = (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
    if (!continues && !all_of_set(std::string_view(&byte, 1), ",._+:@%/-")) word += '\\';
    word += byte;
  }
  return word;
}

template <class Word>
std::string joined(const std::vector<std::string>& paths, const char* separator, Word word) {
  std::vector<std::string> words;
  for (const auto& path : paths) words.push_back(word(path));
  return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace

ListFormat read_list_format(std::string_view text) {
  std::string name;
  for (const char byte : text) {
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  }
  if (name == "none" || name.empty()) return ListFormat::none;
  if (name == "csv") return ListFormat::csv;
  if (name == "json") return ListFormat::json;
  if (name == "shell") return ListFormat::shell;
  if (name == "escape") return ListFormat::escape;
  throw Failed(fmt::format("Input parameter 'list-files' is set to invalid value '{}'", name));
}

std::string format_list(ListFormat format, const std::vector<std::string>& paths) {
  switch (format) {
    case ListFormat::csv:
      return joined(paths, ",", csv_field);
    case ListFormat::json:
      return nlohmann::json(paths).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    case ListFormat::shell:
      return joined(paths, " ", shell_word);
    case ListFormat::escape:
      return joined(paths, " ", escaped_word);
    default:
      return {};
  }
}

}  // namespace crun::executor::builtin
