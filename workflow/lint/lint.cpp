// The door of the lint: which checks there are, in the order in which they report.
#include "workflow/lint/lint.hpp"

namespace crun::workflow {

void lint(const Workflow& workflow, const ProjectFacts& facts, Diagnostics& diagnostics) {
  (void)workflow;
  (void)facts;
  (void)diagnostics;
}

}  // namespace crun::workflow
