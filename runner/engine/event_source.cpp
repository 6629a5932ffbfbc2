#include "runner/engine/event_source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/cli/usage_error.hpp"
#include "runner/engine/event_file.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::runner {

namespace {

using executor::git::Head;
using executor::git::Repository;
using Json = nlohmann::ordered_json;
using Names = std::vector<std::string>;

constexpr std::string_view heads = "refs/heads/", tags = "refs/tags/", pulls = "refs/pull/";

/// Keys that look as if they steered a run, and do not (GitHub derives all of them).
constexpr std::array<std::string_view, 5> idle_keys = {
    "ref_type", "ref_name", "sha", "event_name", "actor"};

std::string suggestion(const Repository& repository, const std::string& name) {
  Names candidates;
  const bool full = name.starts_with("refs/");
  for (const auto& branch : repository.branches()) {
    candidates.push_back((full ? std::string(heads) : "") + branch);
  }
  for (const auto& tag : repository.tags()) {
    candidates.push_back((full ? std::string(tags) : "") + tag);
  }
  if (const auto near = workflow::nearest(name, candidates)) return "did you mean " + *near + "?";
  return "`git branch` and `git tag` list what there is";
}

/// For a detached HEAD: a tag of this commit (that is how most get there), else a branch.
std::string ref_at(const Repository& repository, const std::string& commit) {
  for (const auto& [prefix, names] :
       {std::pair(tags, repository.tags()), std::pair(heads, repository.branches())}) {
    for (const auto& name : names) {
      auto ref = std::string(prefix) + name;
      const auto found = repository.resolve(ref);
      if (found && found->commit == commit) return ref;
    }
  }
  return std::string(heads) + repository.default_branch();
}

/// HEAD with a ref, which GitHub's events always have.
Head attached(Head head, const Repository& repository) {
  if (head.commit.empty()) {
    throw UsageError(
        "the repository " + repository.root().string() + " has no commit yet",
        "git add -A && git commit -m start");
  }
  if (head.ref.empty()) head.ref = ref_at(repository, head.commit);
  return head;
}

Head named_by_option(const Repository& repository, const std::string& name) {
  const auto found = repository.resolve(name);
  if (found && found->ref.empty()) {
    throw UsageError(
        name + " is a commit, and events are about a branch or a tag",
        "use --ref BRANCH, or an event file with \"ref\" and \"after\"");
  }
  if (found) return *found;
  if (pull_request_number(name) > 0) return {name, attached(repository.head(), repository).commit};
  throw UsageError("unknown ref " + name, suggestion(repository, name));
}

Head named_by_file(
    const Repository& repository,
    const EventRequest& request,
    const Json& file,
    const std::string& name) {
  if (const auto found = repository.resolve(name); found && !found->ref.empty()) return *found;
  if (pull_request_number(name) > 0) return {name, attached(repository.head(), repository).commit};
  // A branch that is not here, but whose commit is.
  const auto after = known_commit(repository, text_at(file, {"after"}));
  if (!after.empty() && name.starts_with("refs/")) return {name, after};
  throw UsageError(
      fmt::format("{}: unknown ref {}", request.event_file.string(), name),
      suggestion(repository, name));
}

void note_idle_keys(const EventRequest& request, const Json& file, EventSource& source) {
  for (const auto key : idle_keys) {
    const bool of_the_event =
        key == "ref_type" && (request.event == "create" || request.event == "delete");
    if (!file.contains(key) || of_the_event) continue;
    source.notes.push_back(fmt::format(
        "{}: \"{}\" has no effect, GitHub derives it (here from {})",
        request.event_file.string(),
        key,
        source.head.ref));
  }
}

}  // namespace

EventSource find_event_source(
    const Repository& repository, const EventRequest& request, Json& file) {
  if (!request.sha.empty()) {
    EventSource exact;
    exact.head = {request.ref, known_commit(repository, request.sha)};
    if (!exact.head.commit.empty()) return exact;
    throw UsageError("the repository has no commit " + request.sha);
  }
  const auto here = repository.head();
  const auto file_ref = text_at(file, {"ref"});
  const auto head_ref = text_at(file, {"pull_request", "head", "ref"});
  EventSource source;
  if (!request.ref.empty()) {
    source.head = named_by_option(repository, request.ref);
    const auto same = repository.resolve(file_ref);
    if (!file_ref.empty() && !(same && same->ref == source.head.ref)) {
      source.notes.push_back(
          fmt::format("--ref wins over \"ref\": \"{}\" of the event file", file_ref));
      for (const char* key : {"ref", "before", "after"}) file.erase(key);
    }
  } else if (!file_ref.empty()) {
    source.head = named_by_file(repository, request, file, file_ref);
  } else if (const auto found = repository.resolve(head_ref); found && !found->ref.empty()) {
    source.head = *found;
  } else {
    source.head = attached(here, repository);
  }
  if (const auto after = known_commit(repository, text_at(file, {"after"})); !after.empty()) {
    source.head.commit = after;
  }
  const bool same_ref = source.head.ref == here.ref || (here.ref.empty() && request.ref.empty()) ||
                        pull_request_number(source.head.ref) > 0;
  source.at_head = same_ref && source.head.commit == here.commit;
  note_idle_keys(request, file, source);
  return source;
}

std::string short_ref_name(const std::string& ref) {
  for (const auto prefix : {heads, tags, pulls}) {
    if (ref.starts_with(prefix)) return ref.substr(prefix.size());
  }
  return ref;
}

int pull_request_number(const std::string& ref) {
  if (!ref.starts_with(pulls)) return 0;
  const auto digits = ref.substr(pulls.size(), ref.find('/', pulls.size()) - pulls.size());
  const bool number =
      !digits.empty() && digits.size() < 10 &&
      std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c); });
  return number ? std::stoi(digits) : 0;
}

std::string known_commit(const Repository& repository, const std::string& id) {
  if (id.empty() || id.find_first_not_of('0') == std::string::npos) return "";
  const auto commit = repository.commit(id);
  return commit ? commit->id : "";
}

}  // namespace crun::runner
