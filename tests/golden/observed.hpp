// What one stage of a built-in left behind, in the form of a recording's `expected`.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace crun::tests::golden {

/// Reads the files `<root>/<stage>-OUTPUT` and so on, and the commands in the log.
nlohmann::json observe(
    const std::filesystem::path& root,
    const std::string& stage,
    int exit_code,
    const std::string& log);

}  // namespace crun::tests::golden
