#include "executor/log/annotation.hpp"

#include <charconv>
#include <filesystem>
#include <optional>

namespace crun::executor {

namespace {

/// A number, as GitHub takes it: with a sign and spaces about it.
std::optional<int> number_of(const AnnotationProperties& properties, const char* name) {
  auto found = properties.find(name);
  if (found == properties.end()) return std::nullopt;
  std::string_view text = found->second;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void validate_place(
    AnnotationProperties& properties, const std::function<void(std::string)>& debug) {
  for (const char* name : {"line", "endLine", "col", "endColumn"}) {
    if (properties.contains(name) && !number_of(properties, name)) {
      debug("Dropped the property '" + std::string(name) + "', which is not a number.");
      properties.erase(name);
    }
  }
  auto drop = [&](const char* first, const char* second, const char* why) {
    if (properties.erase(first) + properties.erase(second) > 0) {
      debug(
          "Dropped the properties '" + std::string(first) + "' and '" + second + "': " + why + ".");
    }
  };
  auto complete = [&](const char* first, const char* second) {
    if (properties.contains(first) || !properties.contains(second)) return;
    properties[first] = properties[second];
    debug(std::string("'") + first + "' was missing and is now the same as '" + second + "'.");
  };
  complete("line", "endLine");
  complete("col", "endColumn");
  auto line = number_of(properties, "line"), end_line = number_of(properties, "endLine");
  if (!line) drop("col", "endColumn", "a column needs a line");
  if (end_line && line != end_line) drop("col", "endColumn", "they are in several lines");
  if (end_line && *end_line < *line) drop("line", "endLine", "the end is before the beginning");
  auto column = number_of(properties, "col"), end_column = number_of(properties, "endColumn");
  if (end_column && *end_column < *column) {
    drop("col", "endColumn", "the end is before the beginning");
  }
}

std::string relative_to(const std::string& workspace, const std::string& file) {
  if (workspace.empty() || !file.starts_with('/')) return file;
  auto path = std::filesystem::path(file).lexically_normal();
  auto relative = path.lexically_relative(std::filesystem::path(workspace).lexically_normal());
  if (relative.empty() || *relative.begin() == "..") return file;
  return relative.string();
}

std::string cut_message(std::string_view message) {
  constexpr std::size_t limit = 4096;
  std::size_t units = 0, at = 0;
  while (at < message.size()) {
    auto byte = static_cast<unsigned char>(message[at]);
    std::size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    units += length == 4 ? 2 : 1;
    if (units > limit) break;
    at = std::min(at + length, message.size());
  }
  return std::string(message.substr(0, at));
}

}  // namespace crun::executor
