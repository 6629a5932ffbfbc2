// What to fetch for a ref, and what to check out then.
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin::checkout {

/// Of one ref, at `commit` if that is not empty. A name that is neither branch nor tag yet (no
/// refs/ before it) is fetched as both.
std::vector<std::string> refspecs(
    const std::string& ref, const std::string& commit, const Version& version);

/// Of all branches and tags, and the ref if it is neither.
std::vector<std::string> refspecs_for_all_history(
    const std::string& ref, const std::string& commit);

constexpr const char* all_tags = "+refs/tags/*:refs/tags/*";

}  // namespace crun::executor::builtin::checkout
