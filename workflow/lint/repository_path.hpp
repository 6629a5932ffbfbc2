// Paths within a repository as text: with slashes, from its root, the root itself being "".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crun::workflow {

/// "a" and "b" are "a/b"; either may be empty.
std::string join_path(std::string_view folder, std::string_view name);

/// A path as seen from a folder, without `.` and `..`; nothing if it leaves the repository.
std::optional<std::string> resolve_path(std::string_view folder, std::string_view path);

/// What stands before the last slash, and behind it.
std::string_view folder_of(std::string_view path);
std::string_view name_of(std::string_view path);

}  // namespace crun::workflow
