// Steps in a container or a sandbox are kept apart from the machine; built-in actions of the same
// job run on it. What such steps leave behind (GITHUB_ENV, GITHUB_PATH, the workspace's .git) must
// not choose what is run there.
#pragma once

#include <string>
#include <string_view>

#include "executor/context/job_place.hpp"
#include "executor/context/job_request.hpp"
#include "executor/process/environment.hpp"

namespace crun::executor {

/// Tells a built-in action that it works on what such steps have left.
constexpr char apart_variable[] = "CRUN_APART";

bool is_apart(const RunFacts& run, const JobPlace& place);

/// Does a variable of this name decide which programs or libraries are loaded, or where those that
/// built-in actions start find their configuration?
bool chooses_programs(std::string_view name);

/// Takes from git what a repository's own configuration could make it run. `hooks` is a folder that
/// no step can write to.
void distrust_repositories(
    Environment& environment, const std::string& hooks, std::string_view server_url);

/// As with `git -c KEY=VALUE`, beside what is set so already.
void add_git_setting(Environment& environment, const std::string& key, const std::string& value);

}  // namespace crun::executor
