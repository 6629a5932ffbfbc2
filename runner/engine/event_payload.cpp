#include "runner/engine/event_payload.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace crun::runner {

namespace {

using executor::git::CommitFacts;
using executor::git::Repository;
using Json = nlohmann::ordered_json;

constexpr std::size_t commits_limit = 100, request_commits_limit = 1000;

bool is_zero(const std::string& id) {
  return id.find_first_not_of('0') == std::string::npos;
}

std::string web_url(const RunEvent& event) {
  return event.server_url + "/" + event.repository;
}

Json user(const std::string& login, const RunEvent& event) {
  return {
      {"login", login},
      {"id", 1},
      {"html_url", event.server_url + "/" + login},
      {"type", "User"},
      {"site_admin", false}};
}

Json repository_object(const RunEvent& event) {
  const auto slash = event.repository.find('/');
  const auto owner = event.repository.substr(0, slash);
  const auto host = event.server_url.substr(event.server_url.find("://") + 3);
  return {
      {"id", 1},  // as github.repository_id
      {"name", event.repository.substr(slash + 1)},
      {"full_name", event.repository},
      // Unknown here; what actions do for private repositories is the more careful thing.
      {"private", true},
      {"owner", user(owner, event)},
      {"html_url", web_url(event)},
      {"description", nullptr},
      {"fork", false},
      {"url", web_url(event)},
      {"git_url", "git://" + host + "/" + event.repository + ".git"},
      {"ssh_url", "git@" + host + ":" + event.repository + ".git"},
      {"clone_url", web_url(event) + ".git"},
      {"archived", false},
      {"topics", Json::array()},
      {"visibility", "private"},
      {"default_branch", event.default_branch},
      {"master_branch", event.default_branch}};
}

Json person(const std::string& name, const std::string& email) {
  return {{"name", name}, {"email", email}};
}

Json commit_object(const RunEvent& event, const CommitFacts& commit) {
  return {
      {"id", commit.id},
      {"tree_id", commit.tree},
      {"distinct", true},
      {"message", commit.message},
      {"timestamp", commit.timestamp},
      {"url", web_url(event) + "/commit/" + commit.id},
      {"author", person(commit.author_name, commit.author_email)},
      {"committer", person(commit.committer_name, commit.committer_email)}};
}

bool is_parent(const std::string& id, const CommitFacts& commit) {
  return std::find(commit.parents.begin(), commit.parents.end(), id) != commit.parents.end();
}

Json push_payload(const Repository& repository, const RunEvent& event) {
  const bool created = is_zero(event.before);
  const bool tag = event.ref.starts_with("refs/tags/");
  Json commits = Json::array();
  if (!tag) {
    auto pushed = repository.history(created ? "" : event.before, event.sha, commits_limit);
    for (auto commit = pushed.rbegin(); commit != pushed.rend(); ++commit) {
      commits.push_back(commit_object(event, *commit));
    }
  }
  const auto head = repository.commit(event.sha);
  const bool told = !commits.empty() && commits.back()["id"] == event.sha;
  auto head_commit = told ? commits.back() : head ? commit_object(event, *head) : Json();
  const bool next = head && is_parent(event.before, *head);  // what needs no search
  const bool forced = !created && !tag && !next && !repository.is_ancestor(event.before, event.sha);
  return {
      {"ref", event.ref},
      {"before", event.before},
      {"after", event.sha},
      {"base_ref", nullptr},
      {"created", created},
      {"deleted", false},
      {"forced", forced},
      {"compare", web_url(event) + "/compare/" + event.before + "..." + event.sha},
      {"commits", std::move(commits)},
      {"head_commit", std::move(head_commit)},
      {"pusher",
       person(
           event.actor, head ? head->committer_email : event.actor + "@users.noreply.github.com")}};
}

Json branch_object(const RunEvent& event, const std::string& ref, const std::string& sha) {
  const auto owner = event.repository.substr(0, event.repository.find('/'));
  return {
      {"label", owner + ":" + ref},
      {"ref", ref},
      {"sha", sha},
      {"user", user(owner, event)},
      {"repo", repository_object(event)}};
}

Json pull_request_payload(const Repository& repository, const RunEvent& event) {
  const auto source = repository.resolve(event.head_ref);
  const auto head_sha = event.name == "pull_request_target" && source ? source->commit : event.sha;
  const auto head = repository.commit(head_sha);
  const auto message = head ? head->message : std::string();
  const auto url = web_url(event) + "/pull/" + std::to_string(event.number);
  const auto changed = event.changed_paths ? event.changed_paths->size() : 0;
  const auto commits = repository.history(event.base_sha, head_sha, request_commits_limit).size();
  Json request = {
      {"id", 1},
      {"number", event.number},
      {"html_url", url},
      {"diff_url", url + ".diff"},
      {"patch_url", url + ".patch"},
      {"state", "open"},
      {"locked", false},
      {"title", message.substr(0, message.find('\n'))},
      {"body", nullptr},
      {"user", user(event.actor, event)},
      {"assignees", Json::array()},
      {"requested_reviewers", Json::array()},
      {"labels", Json::array()},
      {"milestone", nullptr},
      {"author_association", "OWNER"},
      {"auto_merge", nullptr},
      {"draft", false},
      {"merged", false},
      {"merged_at", nullptr},
      {"merge_commit_sha", event.sha},
      {"head", branch_object(event, event.head_ref, head_sha)},
      {"base", branch_object(event, event.base_ref, event.base_sha)},
      {"commits", commits},
      {"changed_files", changed}};
  return {{"action", event.action}, {"number", event.number}, {"pull_request", std::move(request)}};
}

Json dispatch_payload(const RunEvent& event) {
  Json inputs = Json::object();
  for (const auto& [name, value] : event.inputs) inputs[name] = value;
  return {{"inputs", std::move(inputs)}, {"ref", event.ref}};
}

Json release_payload(const RunEvent& event) {
  const auto tag = event.ref_name();
  return {
      {"action", event.action},
      {"release",
       {{"id", 1},
        {"tag_name", tag},
        {"name", tag},
        {"target_commitish", event.default_branch},
        {"body", ""},
        {"draft", false},
        {"prerelease", false},
        {"html_url", web_url(event) + "/releases/tag/" + tag},
        {"assets", Json::array()},
        {"author", user(event.actor, event)}}}};
}

/// Which of several it is nobody says here: the first.
Json schedule_payload(const workflow::EventTrigger* trigger) {
  if (trigger == nullptr || trigger->schedules.empty()) return Json::object();
  return {{"schedule", trigger->schedules.front().cron}};
}

Json create_payload(const RunEvent& event) {
  return {
      {"ref", event.ref_name()},
      {"ref_type", event.ref_type()},
      {"master_branch", event.default_branch},
      {"description", nullptr},
      {"pusher_type", "user"}};
}

Json merge_group_payload(const Repository& repository, const RunEvent& event) {
  const auto head = repository.commit(event.sha);
  const auto base_ref = "refs/heads/" + event.default_branch;
  const auto base = repository.resolve(base_ref);
  return {
      {"action", event.action},
      {"merge_group",
       {{"head_sha", event.sha},
        {"head_ref", event.ref},
        {"base_sha", base ? base->commit : event.sha},
        {"base_ref", base_ref},
        {"head_commit", head ? commit_object(event, *head) : Json()}}}};
}

/// A push of this commit was run by the workflow that is waited for, and all went well.
Json workflow_run_payload(
    const Repository& repository, const RunEvent& event, const workflow::EventTrigger* trigger) {
  const auto head = repository.commit(event.sha);
  const bool named = trigger != nullptr && trigger->workflows && !trigger->workflows->empty();
  const auto name = named ? trigger->workflows->front().text : std::string();
  const bool completed = event.action == "completed";
  return {
      {"action", event.action},
      {"workflow_run",
       {{"id", 1},
        {"name", name},
        {"head_branch", event.ref_name()},
        {"head_sha", event.sha},
        {"run_number", 1},
        {"run_attempt", 1},
        {"event", "push"},
        {"status", event.action},
        {"conclusion", completed ? Json("success") : Json()},
        {"workflow_id", 1},
        {"html_url", web_url(event) + "/actions/runs/1"},
        {"pull_requests", Json::array()},
        {"actor", user(event.actor, event)},
        {"triggering_actor", user(event.actor, event)},
        {"head_commit", head ? commit_object(event, *head) : Json()},
        {"repository", repository_object(event)},
        {"head_repository", repository_object(event)}}},
      {"workflow", {{"id", 1}, {"name", name}, {"state", "active"}}}};
}

/// What this event alone has.
Json own_payload(
    const Repository& repository, const RunEvent& event, const workflow::EventTrigger* trigger) {
  if (event.name == "push") return push_payload(repository, event);
  if (event.number > 0) return pull_request_payload(repository, event);
  if (event.name == "workflow_dispatch") return dispatch_payload(event);
  if (event.name == "release") return release_payload(event);
  if (event.name == "schedule") return schedule_payload(trigger);
  if (event.name == "create") return create_payload(event);
  if (event.name == "merge_group") return merge_group_payload(repository, event);
  if (event.name == "workflow_run") return workflow_run_payload(repository, event, trigger);
  Json payload = Json::object();
  if (!event.action.empty()) payload["action"] = event.action;
  if (event.name == "repository_dispatch") payload["client_payload"] = Json::object();
  return payload;
}

}  // namespace

Json make_payload(
    const Repository& repository, const RunEvent& event, const workflow::EventTrigger* trigger) {
  auto payload = own_payload(repository, event, trigger);
  payload["repository"] = repository_object(event);
  payload["sender"] = user(event.actor, event);
  return payload;
}

void drop_changed_files(Json& payload) {
  const auto drop = [](Json& commit) {
    if (!commit.is_object()) return;
    for (const char* list : {"added", "removed", "modified"}) commit.erase(list);
  };
  if (const auto head = payload.find("head_commit"); head != payload.end()) drop(*head);
  const auto commits = payload.find("commits");
  if (commits == payload.end() || !commits->is_array()) return;
  for (auto& commit : *commits) drop(commit);
}

}  // namespace crun::runner
