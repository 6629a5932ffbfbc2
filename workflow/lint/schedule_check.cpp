#include "workflow/lint/schedule_check.hpp"

#include <fmt/format.h>

#include "workflow/trigger/cron.hpp"

namespace crun::workflow {

namespace {

void check(const Survey& survey, const Schedule& schedule) {
  const auto& source = survey.workflow.source;
  try {
    const auto cron = Cron::parse(schedule.cron);
    // Any moment will do: a schedule that comes at all comes within the decades that are searched.
    if (!cron.next_after({2000, 1, 1, 0, 0})) {
      survey.diagnostics.warning(
          source,
          schedule.span,
          "schedule",
          fmt::format("the schedule '{}' never comes round", schedule.cron));
    } else if (cron.too_often()) {
      auto& found = survey.diagnostics.warning(
          source,
          schedule.span,
          "schedule",
          fmt::format("the schedule '{}' comes round more than every 5 minutes", schedule.cron));
      found.help = "GitHub runs a schedule every 5 minutes at most";
    }
  } catch (const CronError& error) {
    auto& found = survey.diagnostics.error(
        source,
        schedule.span,
        "schedule",
        fmt::format("Invalid cron expression: {}", error.what()));
    found.help = "'30 5 * * 1-5' is half past five in the morning, from Monday to Friday";
  }
}

}  // namespace

void check_schedules(const Survey& survey) {
  for (const auto& trigger : survey.workflow.on.events) {
    for (const auto& schedule : trigger.schedules) check(survey, schedule);
  }
}

}  // namespace crun::workflow
