// How results add up: of the steps of a job, of the parts of a step.
#pragma once

#include <optional>

namespace crun::executor {

/// In the order in which GitHub compares them.
enum class TaskResult { success, failure, cancelled, skipped, abandoned };

/// The worse of the two counts, but what is cancelled, skipped or abandoned stays so.
constexpr TaskResult merge(std::optional<TaskResult> current, TaskResult coming) {
  if (!current) return coming;
  if (*current > TaskResult::failure) return *current;
  return coming > *current ? coming : *current;
}

}  // namespace crun::executor
