#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/paths_filter/changes.hpp"
#include "executor/builtin/paths_filter/git_commands.hpp"

namespace crun::executor::builtin {

using nlohmann::json;

namespace {

struct Base {
  std::string commit;  // empty: everything counts as added
  std::string rule;
};

std::optional<std::string> commit_of(const std::string& name) {
  if (name.empty()) return std::nullopt;
  auto id = try_git({"rev-parse", "--verify", "--quiet", name + "^{commit}"});
  if (!id) return std::nullopt;
  return id->substr(0, 40);
}

/// A branch or tag, the local one before origin's: what is not pushed yet counts here.
std::optional<std::string> named_commit(const std::string& name) {
  for (const char* prefix : {"refs/heads/", "refs/remotes/origin/", "refs/tags/", ""}) {
    if (auto id = commit_of(prefix + name)) return id;
  }
  return std::nullopt;
}

std::optional<Base> merge_base(const std::string& name, const std::string& head) {
  const auto other = named_commit(name);
  if (!other) return std::nullopt;
  const auto found = try_git({"merge-base", *other, head});
  if (!found) return std::nullopt;
  return Base{found->substr(0, 40), fmt::format("merge base with {}", name)};
}

Base previous_commit(const std::string& head, const std::string& why) {
  if (const auto parent = commit_of(head + "~1")) return {*parent, why};
  return {{}, "first commit"};
}

std::string text_at(const json& event, const char* pointer) {
  const json::json_pointer place(pointer);
  if (!event.contains(place) || !event.at(place).is_string()) return {};
  return event.at(place).get<std::string>();
}

Base base_of_push(const json& event, const std::string& branch, const std::string& head) {
  const auto before = text_at(event, "/before");
  if (before == null_commit) {
    const auto main = text_at(event, "/repository/default_branch");
    if (!main.empty() && main != branch) {
      if (auto base = merge_base(main, head)) return *base;
    }
    return {{}, "event.before: a new branch"};
  }
  if (const auto id = commit_of(before)) return {*id, "event.before"};
  const auto pushed = commit_of("refs/remotes/origin/" + branch);
  if (pushed && *pushed != head) {
    const auto found = try_git({"merge-base", *pushed, head});
    if (found && found->substr(0, 40) != head) {
      return {found->substr(0, 40), fmt::format("merge base with origin/{}", branch)};
    }
  }
  return previous_commit(head, "the commit before");
}

Base find_base(ActionRuntime& runtime, const json& event, const std::string& head) {
  const auto name = runtime.env("GITHUB_EVENT_NAME");
  const auto branch = short_ref(runtime.env("GITHUB_REF"));
  const auto input = short_ref(runtime.input("base"));
  if (is_commit_id(input)) return {input, "input base"};
  if (name.starts_with("pull_request")) {
    const auto base = text_at(event, "/pull_request/base/sha");
    if (auto found = merge_base(base, head))
      return {found->commit, "merge base of the pull request"};
  }
  const auto main = text_at(event, "/repository/default_branch");
  const auto wanted = input.empty() ? main : input;
  if (wanted.empty()) {
    throw Failed(
        "This action requires 'base' input to be configured or 'repository.default_branch' to be "
        "set in the event payload");
  }
  if (wanted == branch || name == "workflow_dispatch" || name == "schedule") {
    return name == "push" ? base_of_push(event, branch, head)
                          : previous_commit(head, "no 'before' in the event: the last commit");
  }
  if (auto found = merge_base(wanted, head)) return *found;
  return previous_commit(head, "no common history with " + wanted);
}

/// Changed and new files of a working tree that stands for the commit (act mode).
void add_dirty_files(std::vector<ChangedFile>& files) {
  const auto add = [&](ChangedFile file) {
    for (auto& known : files) {
      if (known.path == file.path) return;
    }
    files.push_back(std::move(file));
  };
  for (auto& file : git_diff("HEAD")) add(std::move(file));
  const auto untracked = git_output({"ls-files", "--others", "--exclude-standard", "-z"});
  std::size_t at = 0;
  while (at < untracked.size()) {
    const auto end = std::min(untracked.find('\0', at), untracked.size());
    add({untracked.substr(at, end - at), "added"});
    at = end + 1;
  }
}

bool stands_for_working_tree(const ActionRuntime& runtime) {
  const auto checkout = json::parse(runtime.env("CRUN_CHECKOUT"), nullptr, false);
  return checkout.is_object() && checkout.value("working_tree", false);
}

}  // namespace

std::vector<ChangedFile> local_changed_files(ActionRuntime& runtime) {
  if (!try_git({"rev-parse", "--git-dir"})) {
    throw Failed(
        "paths-filter: there is no git repository here: is an actions/checkout step missing before "
        "this one?");
  }
  if (runtime.input("base") == "HEAD") {
    auto files = git_diff("HEAD");
    runtime.info(fmt::format("paths-filter: uncommitted changes, {} files", files.size()));
    return files;
  }
  const auto event = json::parse(runtime.event_json(), nullptr, false);
  const auto ref = runtime.input("ref");
  const auto head = ref.empty() ? commit_of("HEAD") : named_commit(short_ref(ref));
  if (!head) throw Failed(fmt::format("paths-filter: there is no commit '{}'", ref));
  const auto base = find_base(runtime, event.is_object() ? event : json::object(), *head);
  auto files = base.commit.empty() ? all_files_as_added() : git_diff(base.commit + ".." + *head);
  const auto dirty = ref.empty() && stands_for_working_tree(runtime);
  if (dirty) add_dirty_files(files);
  runtime.info(fmt::format(
      "paths-filter: base={} ({}) head={} (HEAD{}) {} files",
      base.commit.empty() ? "none" : base.commit.substr(0, 7),
      base.rule,
      head->substr(0, 7),
      dirty ? " and the working tree" : "",
      files.size()));
  return files;
}

}  // namespace crun::executor::builtin
