// Images that are built and never pushed, caches that overwrite each other, logins that fail or
// show the password.
#pragma once

#include "workflow/lint/survey.hpp"

namespace crun::workflow {

void check_images(const Survey& survey);

}  // namespace crun::workflow
