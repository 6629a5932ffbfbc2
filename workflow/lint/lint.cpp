// The door of the lint: which checks there are, in the order in which they report.
#include "workflow/lint/lint.hpp"

#include "workflow/lint/filter_check.hpp"
#include "workflow/lint/filter_pattern_check.hpp"
#include "workflow/lint/image_check.hpp"
#include "workflow/lint/schedule_check.hpp"
#include "workflow/lint/task_check.hpp"
#include "workflow/lint/uses_check.hpp"

namespace crun::workflow {

void lint(const Workflow& workflow, const ProjectFacts& facts, Diagnostics& diagnostics) {
  const Survey survey(workflow, facts, diagnostics);
  const auto flows = find_filter_flows(survey);
  check_filter_patterns(survey);
  check_schedules(survey);
  check_uses(survey);
  check_filter_names(survey, flows);
  check_json_quoting(survey, flows);
  check_tasks(survey, flows);
  check_images(survey);
}

}  // namespace crun::workflow
