// The schedules of `on`: such as are none, such as never come, such as come too often.
#pragma once

#include "workflow/lint/survey.hpp"

namespace crun::workflow {

void check_schedules(const Survey& survey);

}  // namespace crun::workflow
