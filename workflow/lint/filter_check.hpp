// What goes wrong between a paths filter and the matrix that its names feed.
#pragma once

#include "workflow/lint/filter_flow.hpp"

namespace crun::workflow {

/// Names of filters that a job takes for folders, though they are none.
void check_filter_names(const Survey& survey, const std::vector<FilterFlow>& flows);

/// JSON that a script writes between double quotes or none: the shell removes the quotes within.
void check_json_quoting(const Survey& survey, const std::vector<FilterFlow>& flows);

}  // namespace crun::workflow
