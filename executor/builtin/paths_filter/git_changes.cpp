#include "executor/builtin/paths_filter/git_changes.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"
#include "executor/context/apart.hpp"

namespace crun::executor::builtin {

namespace {

constexpr std::string_view unknown_ref =
    "Could not determine what is {} - fetch works but it's not a branch, tag or commit SHA";

std::string_view status_of(std::string_view letter) {
  static constexpr std::pair<std::string_view, std::string_view> statuses[] = {
      {"A", "added"},
      {"C", "copied"},
      {"D", "deleted"},
      {"M", "modified"},
      {"R", "renamed"},
      {"U", "unmerged"}};
  for (const auto& [known, status] : statuses) {
    if (known == letter) return status;
  }
  return "undefined";
}

std::vector<std::string_view> split_nulls(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\0', from), text.size());
    if (end > from) parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

std::string trimmed(const std::string& text) {
  return std::string(trim_javascript(text));
}

/// A log group that closes also when something fails.
class Group {
 public:
  Group(ActionRuntime& runtime, std::string_view title) : runtime_(runtime) {
    runtime_.group(title);
  }
  ~Group() { runtime_.end_group(); }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

 private:
  ActionRuntime& runtime_;
};

}  // namespace

bool is_git_sha(std::string_view text) {
  return text.size() == 40 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
         });
}

std::string short_name(std::string_view ref) {
  for (const std::string_view prefix : {"refs/heads/", "refs/tags/"}) {
    if (ref.starts_with(prefix)) return std::string(ref.substr(prefix.size()));
  }
  return std::string(ref);
}

std::vector<ChangedFile> parse_name_status(std::string_view output) {
  const auto tokens = split_nulls(output);
  std::vector<ChangedFile> files;
  for (std::size_t i = 0; i + 1 < tokens.size(); i += 2) {
    files.push_back({std::string(tokens[i + 1]), std::string(status_of(tokens[i]))});
  }
  return files;
}

CommandResult GitChanges::git(std::vector<std::string> arguments, Failure failure) {
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = trusting_;
  const auto program = find_program("git", runtime_.env("PATH"));
  const std::string path = program ? program->string() : "git";
  runtime_.info(fmt::format("[command]{} {}", path, fmt::join(arguments, " ")));
  const CommandResult result = run_command(command);
  if (!trim_javascript(result.err).empty()) runtime_.info(trim_javascript(result.err));
  if (!trusts_folder(result)) return git(std::move(arguments), failure);
  if (!result.status.success() && failure == Failure::fails) {
    const bool newer = runtime_.version() >= Version{4, 0, 2};
    const std::string process = newer ? fmt::format("git {}", fmt::join(arguments, " ")) : path;
    throw Failed(
        fmt::format("The process '{}' failed with exit code {}", process, result.status.code()));
  }
  return result;
}

// In a container job the workspace belongs to another user. git then wants to be told that the
// folder is fine; telling it through the environment leaves the user's configuration alone.
bool GitChanges::trusts_folder(const CommandResult& result) {
  const bool refused = result.status.code() == 128 &&
                       (result.err.find("detected dubious ownership") != std::string::npos ||
                        result.err.find("unsafe repository") != std::string::npos);
  if (!refused || trusting_) return true;
  trusting_ = Environment::inherited();
  add_git_setting(*trusting_, "safe.directory", "*");
  return false;
}

std::vector<ChangedFile> GitChanges::changes(
    std::vector<std::string> arguments, std::string_view title) {
  const Group group(runtime_, title);
  return parse_name_status(git(std::move(arguments)).out);
}

std::string GitChanges::current_ref() {
  const Group group(runtime_, "Get current git ref");
  const bool newer = runtime_.version() >= Version{4, 0, 2};
  const std::string branch = trimmed(
      newer ? git({"rev-parse", "--abbrev-ref", "HEAD"}).out
            : git({"branch", "--show-current"}).out);
  if (!branch.empty() && !(newer && branch == "HEAD")) return branch;
  const auto tag = git({"describe", "--tags", "--exact-match"}, Failure::is_an_answer);
  if (tag.status.success()) return trimmed(tag.out);
  return trimmed(git({"rev-parse", "HEAD"}).out);
}

std::vector<ChangedFile> GitChanges::in_last_commit() {
  return changes(
      {"log", "--format=", "--no-renames", "--name-status", "-z", "-n", "1"},
      "Change detection in last commit");
}

std::vector<ChangedFile> GitChanges::on_head() {
  return changes(
      {"diff", "--no-renames", "--name-status", "-z", "HEAD"}, "Change detection on HEAD");
}

std::vector<ChangedFile> GitChanges::between(const std::string& base, const std::string& head) {
  const std::string base_ref = available_ref(base);
  const std::string head_ref = available_ref(head);
  return changes(
      {"diff", "--no-renames", "--name-status", "-z", base_ref + ".." + head_ref},
      fmt::format("Change detection {}..{}", base, head));
}

std::vector<ChangedFile> GitChanges::all_files_as_added() {
  const Group group(runtime_, "Listing all files tracked by git");
  std::vector<ChangedFile> files;
  const CommandResult listed = git({"ls-files", "-z"});
  for (const std::string_view path : split_nulls(listed.out)) {
    files.push_back({std::string(path), "added"});
  }
  return files;
}

std::vector<ChangedFile> GitChanges::since_merge_base(
    const std::string& base, const std::string& head, int fetch_depth) {
  std::optional<std::string> base_ref, head_ref;
  const bool found = deepen_to_merge_base(base, head, fetch_depth, base_ref, head_ref);
  if (!found) {
    runtime_.warning(
        "No merge base found - change detection will use direct <commit>..<commit> comparison");
  }
  const std::string range = *base_ref + (found ? "..." : "..") + *head_ref;
  return changes(
      {"diff", "--no-renames", "--name-status", "-z", range},
      fmt::format("Change detection {}", range));
}

bool GitChanges::deepen_to_merge_base(
    const std::string& base,
    const std::string& head,
    int fetch_depth,
    std::optional<std::string>& base_ref,
    std::optional<std::string>& head_ref) {
  const Group group(runtime_, fmt::format("Searching for merge-base {}...{}", base, head));
  const auto look_again = [&] {
    if (!base_ref) base_ref = local_ref(base);
    if (!head_ref) head_ref = local_ref(head);
    return base_ref && head_ref;
  };
  look_again();
  if (has_merge_base(base_ref, head_ref)) return true;
  std::int64_t depth = fetch_depth;
  git({"fetch", "--no-tags", fmt::format("--depth={}", depth), "origin", base, head});
  if ((!base_ref || !head_ref) && !look_again()) {
    // Fails when it moved a tag, which does no harm.
    git({"fetch", "--tags", "--depth=1", "origin", base, head}, Failure::is_an_answer);
    look_again();
    if (!base_ref) throw Failed(fmt::format(fmt::runtime(unknown_ref), base));
    if (!head_ref) throw Failed(fmt::format(fmt::runtime(unknown_ref), head));
  }
  std::string count = commit_count();
  while (!has_merge_base(base_ref, head_ref)) {
    constexpr std::int64_t deepest = 9'007'199'254'740'991;
    depth = std::min(depth * 2, deepest);
    git({"fetch", fmt::format("--deepen={}", depth), "origin", base, head});
    std::string now = commit_count();
    if (now == count) {
      runtime_.info("No more commits were fetched");
      runtime_.info("Last attempt will be to fetch full history");
      git({"fetch"});
      return has_merge_base(base_ref, head_ref);
    }
    count = std::move(now);
  }
  return true;
}

bool GitChanges::has_merge_base(
    const std::optional<std::string>& base, const std::optional<std::string>& head) {
  return base && head && git({"merge-base", *base, *head}, Failure::is_an_answer).status.success();
}

std::string GitChanges::commit_count() {
  return trimmed(git({"rev-list", "--count", "--all"}).out);
}

/// The full ref of a name, that of origin before a local one; a commit if it is here.
std::optional<std::string> GitChanges::local_ref(const std::string& name) {
  if (is_git_sha(name)) {
    const auto found = git({"cat-file", "-e", name + "^{commit}"}, Failure::is_an_answer);
    return found.status.success() ? std::optional(name) : std::nullopt;
  }
  const std::string listed = git({"show-ref", name}, Failure::is_an_answer).out;
  std::optional<std::string> first;
  for (std::size_t from = 0; from < listed.size();) {
    const std::size_t end = std::min(listed.find('\n', from), listed.size());
    const std::string_view line = std::string_view(listed).substr(from, end - from);
    from = end + 1;
    for (const std::string_view space : {"refs/heads/", "refs/tags/", "refs/remotes/origin/"}) {
      const std::string ref = fmt::format("{}{}", space, name);
      if (!line.ends_with(" " + ref)) continue;
      if (space == "refs/remotes/origin/") return ref;
      if (!first) first = ref;
    }
  }
  return first;
}

std::string GitChanges::available_ref(const std::string& name) {
  const Group group(runtime_, fmt::format("Ensuring {} is fetched from origin", name));
  for (const char* tags : {"--no-tags", "--tags"}) {
    if (const auto ref = local_ref(name)) return *ref;
    git({"fetch", "--depth=1", tags, "origin", name});
  }
  if (const auto ref = local_ref(name)) return *ref;
  throw Failed(fmt::format(fmt::runtime(unknown_ref), name));
}

}  // namespace crun::executor::builtin
