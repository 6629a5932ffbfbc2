// Changed files by the git program, command for command as paths-filter asks for them: it may fetch
// what a shallow clone lacks, and prefers what origin has to what is only local.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/paths_filter/filters.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::builtin {

inline constexpr std::string_view null_sha = "0000000000000000000000000000000000000000";

bool is_git_sha(std::string_view text);
/// refs/heads/x and refs/tags/x -> x.
std::string short_name(std::string_view ref);
/// The output of `--name-status -z`: letters and paths in turn.
std::vector<ChangedFile> parse_name_status(std::string_view output);

/// Everything here runs in the current folder and throws Failed when git fails.
class GitChanges {
 public:
  explicit GitChanges(ActionRuntime& runtime) : runtime_(runtime) {}

  /// The branch, tag or commit that is checked out.
  std::string current_ref();
  std::vector<ChangedFile> in_last_commit();
  /// Uncommitted ones.
  std::vector<ChangedFile> on_head();
  std::vector<ChangedFile> between(const std::string& base, const std::string& head);
  std::vector<ChangedFile> since_merge_base(
      const std::string& base, const std::string& head, int fetch_depth);
  std::vector<ChangedFile> all_files_as_added();

 private:
  enum class Failure { fails, is_an_answer };

  CommandResult git(std::vector<std::string> arguments, Failure failure = Failure::fails);
  bool trusts_folder(const CommandResult& result);
  std::vector<ChangedFile> changes(std::vector<std::string> arguments, std::string_view title);
  std::optional<std::string> local_ref(const std::string& name);
  std::string available_ref(const std::string& name);
  /// Both refs, fetched as far back as their merge base; false when there is none.
  bool deepen_to_merge_base(
      const std::string& base,
      const std::string& head,
      int fetch_depth,
      std::optional<std::string>& base_ref,
      std::optional<std::string>& head_ref);
  bool has_merge_base(
      const std::optional<std::string>& base, const std::optional<std::string>& head);
  std::string commit_count();

  ActionRuntime& runtime_;
  /// Set once git has refused a folder of somebody else's.
  std::optional<Environment> trusting_;
};

}  // namespace crun::executor::builtin
