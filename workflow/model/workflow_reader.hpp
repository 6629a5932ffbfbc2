// Text -> Workflow, checked against GitHub's schema: allowed keys, types, contexts and functions
// per key (reference: conformance-schema.md, runner.md 1.1 and 1.2).
#pragma once

#include <cstddef>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// What several files that belong together have taken of their common limits.
struct ReadingBudget {
  std::size_t bytes = 0;
  std::size_t jobs = 0;
};

struct WorkflowReaderOptions {
  /// Accept what GitHub refuses but what is unambiguous: a missing runs-on, a key that is there
  /// twice with values that can be joined. Each is a warning then.
  bool lenient = false;
  /// Refuse unknown keys that GitHub reads over (below workflow_dispatch); else they are warnings.
  bool strict = false;
  /// Tell each mistake in an expression at its own place, as GitHub's editor does. GitHub itself
  /// tells the first of a scalar at the beginning of the scalar.
  bool exact_places = true;
  /// After an error look for more, and give the model as far as it could be read. Without it
  /// reading ends where GitHub's does, so that the findings are exactly GitHub's.
  bool keep_going = false;
  /// Steps with background, wait, wait-all, cancel: behind a flag at GitHub.
  bool background_steps = true;
  /// GitHub's limits: UTF-16 units of the text, nesting, jobs of all files (0: any number), and
  /// its estimate of the size of what is read of all files.
  std::size_t characters = 1024 * 1024;
  int depth = 50;
  std::size_t jobs = 0;
  std::size_t bytes = 10 * 1024 * 1024;
  /// What other files have taken of the last two; null: there are no other files.
  ReadingBudget* budget = nullptr;
};

/// Reads a workflow file. Findings go to `diagnostics`; the model is null when one is an error,
/// unless `keep_going` is set: then ask Diagnostics::has_errors() before anything runs.
WorkflowPtr read_workflow(
    const SourcePtr& source, Diagnostics& diagnostics, const WorkflowReaderOptions& options = {});

}  // namespace crun::workflow
