#include "executor/log/workflow_command.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace crun::executor {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

using Escape = std::pair<std::string_view, char>;
constexpr std::array<Escape, 3> data_escapes{{{"%0D", '\r'}, {"%0A", '\n'}, {"%25", '%'}}};
constexpr std::array<Escape, 5> property_escapes{
    {{"%0D", '\r'}, {"%0A", '\n'}, {"%3A", ':'}, {"%2C", ','}, {"%25", '%'}}};
constexpr std::array<Escape, 5> v1_escapes{
    {{"%3B", ';'}, {"%0D", '\r'}, {"%0A", '\n'}, {"%5D", ']'}, {"%25", '%'}}};

/// In one pass: as GitHub's pass by pass, with %25 last, since nothing that comes out of an escape
/// is part of another.
template <std::size_t size>
std::string unescape(std::string_view text, const std::array<Escape, size>& escapes) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto found = std::find_if(escapes.begin(), escapes.end(), [&](const Escape& escape) {
      return text.starts_with(escape.first);
    });
    result += found == escapes.end() ? text.front() : found->second;
    text.remove_prefix(found == escapes.end() ? 1 : found->first.size());
  }
  return result;
}

std::string_view skip(std::string_view text, char what) {
  text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);
}

std::string_view without_indent(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\v\f"), line.size()));
  return line;
}

/// "name key=value,key2=value2"; entries without a name or a value do not count.
template <std::size_t size>
std::optional<WorkflowCommand> parse_head(
    std::string_view head,
    char separator,
    const std::array<Escape, size>& escapes,
    const IsCommand& is_command) {
  WorkflowCommand command;
  auto space = head.find(' ');
  command.name = head.substr(0, space);
  if (!is_command(command.name)) return std::nullopt;
  std::string_view rest =
      space == std::string_view::npos ? std::string_view() : trimmed(head.substr(space + 1));
  while (!rest.empty()) {
    auto end = std::min(rest.find(separator), rest.size());
    std::string_view entry = skip(rest.substr(0, end), '=');
    rest.remove_prefix(std::min(end + 1, rest.size()));
    auto equals = std::min(entry.find('='), entry.size());
    std::string_view value = skip(entry.substr(equals), '=');
    if (equals > 0 && !value.empty()) {
      command.properties[std::string(entry.substr(0, equals))] = unescape(value, escapes);
    }
  }
  return command;
}

}  // namespace

bool IgnoringCase::operator()(std::string_view left, std::string_view right) const {
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return lower(a) < lower(b);
      });
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
           return lower(a) == lower(b);
         });
}

std::string WorkflowCommand::property(std::string_view key) const {
  auto found = properties.find(key);
  return found == properties.end() ? std::string() : found->second;
}

std::optional<WorkflowCommand> parse_command_v2(
    std::string_view line, const IsCommand& is_command) {
  line = without_indent(line);
  if (!line.starts_with("::")) return std::nullopt;
  auto end = line.find("::", 2);
  if (end == std::string_view::npos) return std::nullopt;
  auto command = parse_head(line.substr(2, end - 2), ',', property_escapes, is_command);
  if (command) command->data = unescape(line.substr(end + 2), data_escapes);
  return command;
}

std::optional<WorkflowCommand> parse_command_v1(
    std::string_view line, const IsCommand& is_command) {
  auto begin = line.find("##[");
  if (begin == std::string_view::npos) return std::nullopt;
  auto end = line.find(']', begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view head = line.substr(begin + 3, end - begin - 3);
  auto command = parse_head(head, ';', v1_escapes, is_command);
  if (command) command->data = unescape(line.substr(end + 1), v1_escapes);
  return command;
}

bool may_be_command(std::string_view line) {
  return without_indent(line).starts_with("::") || line.find("##[") != std::string_view::npos;
}

std::optional<WorkflowCommand> parse_command(std::string_view line, const IsCommand& is_command) {
  if (!may_be_command(line)) return std::nullopt;
  auto command = parse_command_v2(line, is_command);
  return command ? command : parse_command_v1(line, is_command);
}

}  // namespace crun::executor
