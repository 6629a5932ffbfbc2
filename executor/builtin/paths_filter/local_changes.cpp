#include "executor/builtin/paths_filter/local_changes.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "executor/builtin/checkout/local.hpp"
#include "executor/builtin/paths_filter/git_changes.hpp"
#include "executor/git/repository.hpp"

namespace crun::executor::builtin {

namespace {

namespace fs = std::filesystem;

struct Base {
  std::string commit;  // '' for none: all files are new
  std::string rule;
};

std::string_view status_of(git::Change::Kind kind) {
  switch (kind) {
    case git::Change::Kind::added:
      return "added";
    case git::Change::Kind::removed:
      return "deleted";
    case git::Change::Kind::modified:
      break;
  }
  return "modified";
}

class Search {
 public:
  Search(ActionRuntime& runtime, const git::Repository& repository, const LocalQuestion& question)
      : runtime_(runtime), repository_(repository), question_(question) {}

  std::vector<ChangedFile> run() {
    const std::string head = find_head();
    const Base base = find_base(head);
    std::vector<ChangedFile> files;
    for (const auto& change : repository_.changes(base.commit, head)) {
      files.push_back({change.path, std::string(status_of(change.kind))});
    }
    const auto copy = checkout::local_copy(runtime_);
    const bool working_tree = question_.head.empty() && copy && copy->working_tree;
    if (working_tree) add_uncommitted(files);
    runtime_.info(fmt::format(
        "paths-filter: base={} ({}) head={} ({}{}) {} {}",
        base.commit.empty() ? "none" : base.commit.substr(0, 7),
        base.rule,
        head.substr(0, 7),
        question_.head.empty() ? "HEAD" : question_.head,
        working_tree ? " and the working tree" : "",
        files.size(),
        files.size() == 1 ? "file" : "files"));
    return files;
  }

 private:
  /// What git status would show, untracked files included.
  void add_uncommitted(std::vector<ChangedFile>& files) const {
    const std::string commit = repository_.head().commit;
    for (const std::string& path : repository_.dirty_paths()) {
      const auto known = std::ranges::find(files, path, &ChangedFile::path);
      if (known != files.end()) continue;
      std::error_code ignored;
      const bool here = fs::exists(fs::symlink_status(repository_.root() / path, ignored));
      const bool committed = repository_.read_file(commit, path).has_value();
      files.push_back({path, !here ? "deleted" : committed ? "modified" : "added"});
    }
  }

  std::string find_head() const {
    if (question_.head.empty()) {
      const std::string commit = repository_.head().commit;
      if (commit.empty()) throw Failed("the repository has no commit yet");
      return commit;
    }
    const auto head = commit_of(question_.head);
    if (!head) throw Failed(fmt::format("'{}' is no branch, tag or commit here", question_.head));
    return *head;
  }

  Base find_base(const std::string& head) {
    if (is_git_sha(question_.base)) {
      const auto commit = commit_of(question_.base);
      if (!commit) throw Failed(fmt::format("the base {} is no commit here", question_.base));
      return {*commit, "input base"};
    }
    if (question_.pull_request) {
      if (const auto base = merge_base(question_.before, head)) {
        return {*base, "merge base of the pull request"};
      }
    }
    const std::string branch = question_.base.empty() ? question_.default_branch : question_.base;
    if (!branch.empty() && branch != question_.branch) {
      if (const auto base = merge_base(branch, head)) return {*base, "merge base with " + branch};
      runtime_.warning(fmt::format("no history in common with '{}' here", branch));
    }
    if (question_.pull_request) return previous_commit(head);
    if (question_.before == null_sha) return {"", "event.before: a first push"};
    if (!question_.before.empty()) {
      if (const auto before = commit_of(question_.before)) return {*before, "event.before"};
      runtime_.warning(fmt::format("event.before {} is no commit here", question_.before));
    }
    return unpublished(head);
  }

  /// Where the head left a branch, or the commit of that name. What was not pushed counts as well,
  /// so of the local branch and origin's the one that is nearer to the head is taken.
  std::optional<std::string> merge_base(const std::string& name, const std::string& head) const {
    std::optional<std::string> nearest;
    for (const std::string& ref : {"refs/heads/" + name, "refs/remotes/origin/" + name, name}) {
      const auto tip = commit_of(ref);
      const auto base = tip ? repository_.merge_base(*tip, head) : std::nullopt;
      if (base && (!nearest || repository_.is_ancestor(*nearest, *base))) nearest = base;
    }
    return nearest;
  }

  Base unpublished(const std::string& head) const {
    const std::string published = "refs/remotes/origin/" + question_.branch;
    const auto tip = question_.branch.empty() ? std::nullopt : commit_of(published);
    const auto base = tip ? repository_.merge_base(*tip, head) : std::nullopt;
    if (base && *base != head) return {*base, "origin/" + question_.branch};
    return previous_commit(head);
  }

  Base previous_commit(const std::string& head) const {
    const auto commit = repository_.commit(head);
    if (!commit || commit->parents.empty()) return {"", "first commit"};
    return {commit->parents.front(), "HEAD~1"};
  }

  std::optional<std::string> commit_of(const std::string& name) const {
    const auto found = repository_.resolve(name);
    return found ? std::optional(found->commit) : std::nullopt;
  }

  ActionRuntime& runtime_;
  const git::Repository& repository_;
  const LocalQuestion& question_;
};

git::Repository open_here() {
  auto repository = git::Repository::try_open(".");
  if (repository) return std::move(*repository);
  throw Failed("paths-filter needs the repository: run actions/checkout in a step before it");
}

}  // namespace

std::vector<ChangedFile> local_changes(ActionRuntime& runtime, const LocalQuestion& question) {
  const auto repository = open_here();
  return Search(runtime, repository, question).run();
}

std::vector<ChangedFile> local_changes_on_head() {
  const auto repository = open_here();
  const auto head = repository.head().commit;
  const auto tracked = repository.tracked_paths();
  std::vector<ChangedFile> files;
  for (const auto& path : repository.dirty_paths()) {
    const bool committed = repository.read_file(head, path).has_value();
    if (!committed && std::ranges::find(tracked, path) == tracked.end()) continue;
    std::error_code ignored;
    const bool here = fs::exists(fs::symlink_status(repository.root() / path, ignored));
    files.push_back({path, !here ? "deleted" : committed ? "modified" : "added"});
  }
  return files;
}

}  // namespace crun::executor::builtin
