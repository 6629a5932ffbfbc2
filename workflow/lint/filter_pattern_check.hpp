// The patterns of `on`: mistakes in them, filters that exclude each other, tags that never match.
#pragma once

#include "workflow/lint/survey.hpp"

namespace crun::workflow {

void check_filter_patterns(const Survey& survey);

}  // namespace crun::workflow
