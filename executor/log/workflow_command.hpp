// A line that is a workflow command: `::name key=value,key2=value2::data`, or the older
// `##[name key=value;key2=value2]data`, which may stand anywhere in a line (runner.md 1.5).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace crun::executor {

struct IgnoringCase {
  using is_transparent = void;
  bool operator()(std::string_view left, std::string_view right) const;
};

bool equal_ignoring_case(std::string_view left, std::string_view right);

struct WorkflowCommand {
  std::string name;  // as written
  std::map<std::string, std::string, IgnoringCase> properties;
  std::string data;

  /// A property's value, or ''.
  std::string property(std::string_view key) const;
};

/// Is this the name of a command? What is none is ordinary output.
using IsCommand = std::function<bool(std::string_view name)>;

/// A quick look: of nearly all lines it says no, and then it is right. What it says no to has no
/// mark of the runner's (`##[...]`) in it either.
bool may_be_command(std::string_view line);

std::optional<WorkflowCommand> parse_command(std::string_view line, const IsCommand& is_command);
/// Each syntax alone.
std::optional<WorkflowCommand> parse_command_v2(std::string_view line, const IsCommand& is_command);
std::optional<WorkflowCommand> parse_command_v1(std::string_view line, const IsCommand& is_command);

}  // namespace crun::executor
