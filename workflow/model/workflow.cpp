#include "workflow/model/workflow.hpp"

#include <algorithm>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

const EventTrigger* On::find(std::string_view event) const {
  const auto found = std::find_if(events.begin(), events.end(), [&](const EventTrigger& trigger) {
    return trigger.name == event;
  });
  return found == events.end() ? nullptr : &*found;
}

const Job* Workflow::find_job(std::string_view id) const {
  const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) {
    return compare_ignoring_case(job.id, id) == 0;
  });
  return found == jobs.end() ? nullptr : &*found;
}

}  // namespace crun::workflow
