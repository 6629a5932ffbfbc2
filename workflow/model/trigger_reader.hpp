// `on:` after the schema was checked.
#pragma once

#include "workflow/expression/token.hpp"
#include "workflow/model/trigger.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

On read_on(const Token& on, Diagnostics& diagnostics);

}  // namespace crun::workflow
