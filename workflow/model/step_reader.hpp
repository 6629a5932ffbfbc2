// `steps:` of a job or a composite action, after the schema was checked.
#pragma once

#include <vector>

#include "workflow/model/schema.hpp"
#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// `condition` is what `if:` of these steps may name.
std::vector<Step> read_steps(const Token& steps, schema::Names condition, Diagnostics& diagnostics);

}  // namespace crun::workflow
