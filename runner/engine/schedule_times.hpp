// When a schedule comes round next, for people.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "workflow/model/trigger.hpp"

namespace crun::runner {

/// "Mon 2026-11-23 05:30" by the clocks of the schedule's time zone (UTC if it names none): the
/// next `count` after `now`. None when the schedule is wrong, never comes round, or the zone is
/// not known here.
std::vector<std::string> next_times(
    const workflow::Schedule& schedule, std::chrono::system_clock::time_point now, int count);

/// "at 05:30, Monday through Friday (30 5 * * 1-5, UTC); next Mon 2026-11-23 05:30, ..."
std::string told_schedule(
    const workflow::Schedule& schedule, std::chrono::system_clock::time_point now, int count);

}  // namespace crun::runner
