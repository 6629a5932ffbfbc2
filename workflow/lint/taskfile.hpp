// The names of the tasks that go-task would find from a folder: its Taskfile and, below their
// namespaces, the Taskfiles that it includes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/source/source_file.hpp"

namespace crun::workflow {

struct TaskNames {
  SourcePtr source;                // the Taskfile that begins it
  std::vector<std::string> names;  // "build", "utils:build"; a `*` in one stands for anything
  /// Namespaces whose Taskfile cannot be told from here (a template, a URL): "" is the whole.
  std::vector<std::string> unknown;

  bool may_have(std::string_view task) const;
};

/// Looks in the folder and above it, as go-task does. Nothing if there is no Taskfile.
std::optional<TaskNames> read_task_names(
    const std::string& folder, const std::function<SourcePtr(const std::string&)>& read_file);

}  // namespace crun::workflow
