// Changed files in a local run. The original compares with what origin has, which knows nothing of
// commits that were not pushed; here the head is what is checked out, and nothing is fetched.
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/paths_filter/filters.hpp"

namespace crun::executor::builtin {

struct LocalQuestion {
  std::string base;            // the input, or '': the default branch
  std::string head;            // the input `ref`, or '': what is checked out
  std::string branch;          // that the event is about; '' for none
  std::string default_branch;  // '' when the event does not tell
  std::string before;          // of a push, or the base of a pull request
  bool pull_request = false;
};

/// Looks into the repository of the current folder and tells in the log which rule gave the base:
///   a base that is a commit; the merge base with a base that is another branch, or with a pull
///   request's base; event.before; the merge base with origin's branch when HEAD is ahead of it;
///   HEAD~1; nothing (all files).
/// Where the workspace stands for the user's working tree (act mode), uncommitted files count too.
/// Throws Failed.
std::vector<ChangedFile> local_changes(ActionRuntime& runtime, const LocalQuestion& question);

/// What is not as HEAD has it, as `git diff HEAD` tells it; asked without running git.
std::vector<ChangedFile> local_changes_on_head();

}  // namespace crun::executor::builtin
