// Which files changed: between which two commits does an event ask?
#pragma once

#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/paths_filter/filters.hpp"

namespace crun::executor::builtin {

/// As the original asks, with its git commands and warnings.
std::vector<ChangedFile> changed_files(ActionRuntime& runtime);

/// In a local run: what was pushed need not be on origin, and there is no API. Head is the commit
/// of the run; says in one line which rule gave the base.
std::vector<ChangedFile> local_changed_files(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
