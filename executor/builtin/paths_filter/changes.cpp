// The original's way through git, step by step: its commands are recorded and replayed.

#include "executor/builtin/paths_filter/changes.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/github_api.hpp"
#include "executor/builtin/paths_filter/git_commands.hpp"

namespace crun::executor::builtin {

using nlohmann::json;

namespace {

class Changes {
 public:
  explicit Changes(ActionRuntime& runtime)
      : runtime_(runtime),
        event_(json::parse(runtime.event_json(), nullptr, false)),
        name_(runtime.env("GITHUB_EVENT_NAME")) {
    if (!event_.is_object()) event_ = json::object();
    const auto depth = std::strtol(runtime.input("initial-fetch-depth").c_str(), nullptr, 10);
    depth_ = depth > 0 ? depth : 10;
  }

  std::vector<ChangedFile> find() {
    const auto base = runtime_.input("base");
    const auto ref = runtime_.input("ref");
    if (base == "HEAD") {
      if (!ref.empty())
        runtime_.warning("'ref' input parameter is ignored when 'base' is set to HEAD");
      return git_diff("HEAD");
    }
    if (name_.starts_with("pull_request") && event_.contains("pull_request")) {
      return pull_request(base, ref);
    }
    if (name_ == "merge_group" && runtime_.version().major >= 4) {
      const auto from = text_at("/merge_group/base_sha");
      const auto to = text_at("/merge_group/head_sha");
      current_ref();
      return between(base.empty() ? from : base, ref.empty() ? to : ref);
    }
    return from_git(base, ref);
  }

 private:
  std::string text_at(const char* pointer) const {
    const json::json_pointer place(pointer);
    if (!event_.contains(place) || !event_.at(place).is_string()) return {};
    return event_.at(place).get<std::string>();
  }

  std::vector<ChangedFile> pull_request(const std::string& base, const std::string& ref) {
    const auto token = runtime_.input("token");
    if (!token.empty()) {
      if (!ref.empty()) {
        runtime_.warning("'ref' input parameter is ignored when 'token' is set on pull request");
      }
      if (!base.empty()) {
        runtime_.warning(
            "'base' input parameter is ignored when action is triggered by pull request event");
      }
      return from_api(token);
    }
    if (name_ == "pull_request_target") {
      throw Failed(
          "'token' input parameter is required if action is triggered by 'pull_request_target' "
          "event");
    }
    runtime_.info("Github token is not available - changes will be detected using git diff");
    const auto from = base.empty() ? text_at("/pull_request/base/sha") : base;
    return between(from, current_ref());
  }

  std::vector<ChangedFile> from_api(const std::string& token) {
    const auto api = GitHubApi::of(runtime_, token);
    if (!api) throw Failed("the files of a pull request can only be asked of GitHub's API");
    const auto number = event_.at("pull_request").value("number", 0);
    std::vector<ChangedFile> files;
    for (const auto& page : api->get_pages(fmt::format(
             "/repos/{}/pulls/{}/files?per_page=100", runtime_.env("GITHUB_REPOSITORY"), number))) {
      for (const auto& row : json::parse(page)) {
        const auto status = row.value("status", "modified");
        const auto path = row.value("filename", "");
        if (status == "renamed") {
          files.push_back({path, "added"});
          files.push_back({row.value("previous_filename", ""), "deleted"});
        } else {
          files.push_back({path, status == "removed" ? "deleted" : status});
        }
      }
    }
    return files;
  }

  std::string current_ref() {
    if (!current_.empty()) return current_;
    if (runtime_.version().major >= 4 && runtime_.version().major != 999) {
      current_ = git_line({"rev-parse", "--abbrev-ref", "HEAD"});
      if (current_ == "HEAD") current_.clear();
    } else {
      current_ = git_line({"branch", "--show-current"});
    }
    if (!current_.empty()) return current_;
    if (const auto tag = try_git({"describe", "--tags", "--exact-match"})) {
      current_ = tag->substr(0, tag->find('\n'));
    } else {
      current_ = git_line({"rev-parse", "HEAD"});
    }
    return current_;
  }

  std::vector<ChangedFile> from_git(const std::string& base_input, const std::string& ref_input) {
    const auto main = text_at("/repository/default_branch");
    const auto current = current_ref();
    const auto head = short_ref(
        !ref_input.empty()                    ? ref_input
        : !runtime_.env("GITHUB_REF").empty() ? runtime_.env("GITHUB_REF")
                                              : current);
    const auto base = short_ref(base_input.empty() ? main : base_input);
    if (base.empty()) {
      throw Failed(
          "This action requires 'base' input to be configured or 'repository.default_branch' to be "
          "set in the event payload");
    }
    const auto check_head = [&] {
      if (head != current) {
        runtime_.warning(
            fmt::format("Ref {} is not checked out - results might be incorrect!", head));
      }
    };
    if (!is_commit_id(base) && base != head) return since_merge_base(base, head);
    const auto before = is_commit_id(base) ? base : text_at("/before");
    if (before.empty()) {
      runtime_.warning(
          "'before' field is missing in event payload - changes will be detected from last commit");
      check_head();
      return last_commit_changes();
    }
    if (before == null_commit) {
      if (!main.empty() && base != main) {
        runtime_.info(fmt::format(
            "First push of a branch detected - changes will be detected against the default branch "
            "{}",
            main));
        return since_merge_base(main, head);
      }
      runtime_.info("Initial push detected - all files will be listed as added");
      check_head();
      return all_files_as_added();
    }
    return between(before, head);
  }

  std::vector<ChangedFile> between(const std::string& from, const std::string& to) {
    runtime_.info(fmt::format("Changes will be detected between {} and {}", from, to));
    const auto base = available(from);
    return git_diff(base + ".." + available(to));
  }

  /// The full name of a ref, origin's before the local one; empty when there is none.
  static std::string full_ref(const std::string& name) {
    if (is_commit_id(name)) return name;
    const auto output = try_git({"show-ref", name}).value_or("");
    std::string found;
    std::size_t at = 0;
    while (at < output.size()) {
      const auto end = std::min(output.find('\n', at), output.size());
      const auto line = output.substr(at, end - at);
      at = end + 1;
      const auto ref = line.substr(std::min(line.find(' ') + 1, line.size()));
      if (ref == "refs/remotes/origin/" + name) return ref;
      if (found.empty() && (ref == "refs/heads/" + name || ref == "refs/tags/" + name)) found = ref;
    }
    return found;
  }

  /// A name that git knows here, fetched if need be.
  static std::string available(const std::string& name) {
    if (is_commit_id(name)) {
      if (!try_git({"cat-file", "-e", name + "^{commit}"})) {
        git_output({"fetch", "--depth=1", "--no-tags", "origin", name});
      }
      return name;
    }
    if (const auto ref = full_ref(name); !ref.empty()) return ref;
    git_output({"fetch", "--depth=1", "--no-tags", "origin", name});
    if (const auto ref = full_ref(name); !ref.empty()) return ref;
    git_output({"fetch", "--depth=1", "--tags", "origin", name});
    if (const auto ref = full_ref(name); !ref.empty()) return ref;
    throw Failed(fmt::format(
        "Could not determine what is {} - fetch works but it's not a branch, tag or commit SHA",
        name));
  }

  std::vector<ChangedFile> since_merge_base(const std::string& base, const std::string& head) {
    runtime_.info(fmt::format("Changes will be detected between {} and {}", base, head));
    auto base_ref = full_ref(base);
    auto head_ref = full_ref(head);
    const auto has_merge_base = [&] {
      return !base_ref.empty() && !head_ref.empty() &&
             try_git({"merge-base", base_ref, head_ref}).has_value();
    };
    bool common = has_merge_base();
    if (!common) {
      git_output({"fetch", "--no-tags", fmt::format("--depth={}", depth_), "origin", base, head});
      if (base_ref.empty()) base_ref = available(base);
      if (head_ref.empty()) head_ref = available(head);
      common = deepen(has_merge_base);
    }
    if (!common) {
      runtime_.warning(
          "No merge base found - all files will be listed as changed between both commits");
    }
    return git_diff(base_ref + (common ? "..." : "..") + head_ref);
  }

  /// Fetches more and more history until there is a common commit or no more of it.
  template <class Condition>
  bool deepen(Condition has_merge_base) const {
    long depth = depth_;
    auto commits = git_line({"rev-list", "--count", "--all"});
    while (!has_merge_base()) {
      depth = std::min(depth * 2, 1'000'000L);
      git_output({"fetch", fmt::format("--deepen={}", depth), "origin"});
      const auto now = git_line({"rev-list", "--count", "--all"});
      if (now == commits) {
        if (has_merge_base()) return true;
        git_output({"fetch"});
        return has_merge_base();
      }
      commits = now;
    }
    return true;
  }

  ActionRuntime& runtime_;
  json event_;
  std::string name_;
  std::string current_;
  long depth_ = 10;
};

}  // namespace

std::vector<ChangedFile> changed_files(ActionRuntime& runtime) {
  return Changes(runtime).find();
}

}  // namespace crun::executor::builtin
