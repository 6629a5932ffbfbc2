// Text -> Workflow, checked against GitHub's schema: allowed keys, types, contexts and functions
// per key (reference: conformance-schema.md, runner.md 1.1 and 1.2).
#pragma once

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

struct WorkflowReaderOptions {
  /// Accept what GitHub refuses but what is unambiguous: a missing runs-on, an unused duplicate.
  bool lenient = false;
};

/// Reads a workflow file. Findings go to `diagnostics`; the model is null when one is an error.
WorkflowPtr read_workflow(
    const SourcePtr& source, Diagnostics& diagnostics, const WorkflowReaderOptions& options = {});

}  // namespace crun::workflow
