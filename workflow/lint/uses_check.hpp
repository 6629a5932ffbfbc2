// What `uses:` names: versions that do not exist, comments that lie, actions that are not here.
#pragma once

#include "workflow/lint/survey.hpp"

namespace crun::workflow {

void check_uses(const Survey& survey);

}  // namespace crun::workflow
