// The manifest of an action in a folder: action.yml, action.yaml, or a Dockerfile alone.
#pragma once

#include <filesystem>
#include <string>

#include "workflow/model/action.hpp"

namespace crun::executor {

/// Reads the manifest. `shown` is how people know the folder: "./.github/actions/setup",
/// "owner/repo@v1". Throws
/// Error with all findings when it is missing or broken.
workflow::ActionPtr read_local_action(
    const std::filesystem::path& folder, const std::string& shown);

}  // namespace crun::executor
