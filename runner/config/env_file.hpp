// Files of NAME=VALUE lines: --env-file, --var-file, --secret-file.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace crun::runner {

/// Empty lines and lines that begin with # are skipped, `export ` before a name is allowed, a value
/// may stand in single quotes (as is) or double quotes (\n, \", \\ and line breaks inside). Throws
/// UsageError with file and line.
std::map<std::string, std::string> read_env_file(const std::filesystem::path& path);

}  // namespace crun::runner
