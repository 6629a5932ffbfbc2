// The repository as the lint may look at it.
#pragma once

#include "executor/git/repository.hpp"
#include "workflow/lint/lint.hpp"

namespace crun::runner {

/// Reads the working tree when `commit` is empty, else the commit's files. The repository must
/// outlive the facts.
workflow::ProjectFacts project_facts(
    const executor::git::Repository& repository, const std::string& commit);

}  // namespace crun::runner
