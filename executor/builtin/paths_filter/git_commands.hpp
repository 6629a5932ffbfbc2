// The git commands of paths-filter, in the current folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/paths_filter/filters.hpp"

namespace crun::executor::builtin {

/// Output of a git command; nothing when it fails.
std::optional<std::string> try_git(const std::vector<std::string>& arguments);
/// The same; a failure is the action's, in the original's words with git's own behind them.
std::string git_output(const std::vector<std::string>& arguments);
/// Without white space at the end.
std::string git_line(const std::vector<std::string>& arguments);

/// What `--name-status -z` tells.
std::vector<ChangedFile> read_name_status(const std::string& output);
std::vector<ChangedFile> git_diff(const std::string& range);
std::vector<ChangedFile> last_commit_changes();
std::vector<ChangedFile> all_files_as_added();

constexpr std::string_view null_commit = "0000000000000000000000000000000000000000";
bool is_commit_id(std::string_view text);
/// "refs/heads/main" -> "main".
std::string short_ref(std::string_view ref);

}  // namespace crun::executor::builtin
