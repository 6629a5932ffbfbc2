// The rules for annotations: which places make sense, how long and how many they may be.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "executor/events.hpp"

namespace crun::executor {

using AnnotationProperties = std::map<std::string, std::string>;

/// Drops or completes line, endLine, col and endColumn that do not fit each other, and tells of
/// each in a line for debugging.
void validate_place(
    AnnotationProperties& properties, const std::function<void(std::string)>& debug);

/// `file` relative to the workspace, where it lies there.
std::string relative_to(const std::string& workspace, const std::string& file);

/// At most 4096 UTF-16 units, which is how GitHub counts.
std::string cut_message(std::string_view message);

/// Ten of each level for a step.
class AnnotationBudget {
 public:
  bool spend(LogLine::Kind level) { return ++used_[level] <= 10; }

 private:
  std::map<LogLine::Kind, int> used_;
};

}  // namespace crun::executor
