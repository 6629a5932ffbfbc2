#include "executor/builtin/metadata/event_source.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/metadata/git_context.hpp"
#include "executor/error.hpp"
#include "executor/git/repository.hpp"

namespace crun::executor::builtin {

namespace {

using nlohmann::json;

json payload_of(const ActionRuntime& runtime) {
  json payload = json::parse(runtime.event_json(), nullptr, false);
  return payload.is_object() ? payload : json::object();
}

/// The text at a path such as "/pull_request/head/sha".
std::optional<std::string> text_at(const json& payload, const char* path) {
  const json::json_pointer pointer(path);
  if (!payload.contains(pointer) || !payload[pointer].is_string()) return std::nullopt;
  return payload[pointer].get<std::string>();
}

std::optional<git::Repository> workspace(const ActionRuntime& runtime) {
  const std::string folder = runtime.env("GITHUB_WORKSPACE");
  return git::Repository::try_open(folder.empty() ? "." : folder);
}

bool is_pull_request(const std::string& event_name) {
  return event_name.find("pull_request") != std::string::npos;
}

/// The date of a commit that the event tells; nullopt when it does not.
std::optional<std::string> event_commit_date(const json& payload, const std::string& sha) {
  if (payload.contains("commits") && payload["commits"].is_array()) {
    for (const json& commit : payload["commits"]) {
      if (text_at(commit, "/id") == sha && text_at(commit, "/timestamp").value_or("") != "") {
        return text_at(commit, "/timestamp");
      }
    }
  }
  if (text_at(payload, "/head_commit/id") == sha) return text_at(payload, "/head_commit/timestamp");
  return std::nullopt;
}

std::optional<Instant> commit_date(
    ActionRuntime& runtime,
    const json& payload,
    const std::string& sha,
    const std::optional<GitHubApi>& api,
    Instant now) {
  if (const auto told = event_commit_date(payload, sha)) return parse_date(*told);
  if (!api) {
    const auto repository = workspace(runtime);
    const auto commit = repository ? repository->commit(sha) : std::nullopt;
    return commit ? parse_date(commit->timestamp) : now;
  }
  try {
    const json answer = json::parse(
        api->get(fmt::format("/repos/{}/commits/{}", runtime.env("GITHUB_REPOSITORY"), sha)),
        nullptr,
        false);
    if (const auto date = text_at(answer, "/commit/committer/date")) return parse_date(*date);
    throw Failed("Committer date not found");
  } catch (const Failed& error) {
    runtime.debug(fmt::format("Failed to get commit date from GitHub API: {}", error.what()));
    return now;
  }
}

EventFacts workflow_event(
    const ActionRuntime& runtime, const json& payload, const MetadataFeatures& features) {
  EventFacts event;
  event.event_name = runtime.env("GITHUB_EVENT_NAME");
  event.ref = runtime.env("GITHUB_REF");
  event.sha = runtime.env("GITHUB_SHA");
  // The event's own ref is the base branch, which the image is not about.
  if (event.event_name.find("pull_request_target") != std::string::npos) {
    const auto number = payload.find("number");
    event.ref =
        fmt::format("refs/pull/{}/merge", number == payload.end() ? "undefined" : number->dump());
  }
  const std::string wish = runtime.env("DOCKER_METADATA_PR_HEAD_SHA");
  std::string small;
  for (const char c : wish) small += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const bool head = features.always_pull_head ||
                    (features.pull_head_by_env && small.find("true") != std::string::npos);
  if (head && is_pull_request(event.event_name)) {
    event.sha = text_at(payload, "/pull_request/head/sha").value_or(event.sha);
  }
  return event;
}

RepositoryFacts facts_of(const json& repository) {
  return {
      .name = text_at(repository, "/name").value_or(""),
      .description = text_at(repository, "/description").value_or(""),
      .html_url = text_at(repository, "/html_url").value_or(""),
      .license = text_at(repository, "/license/spdx_id").value_or(""),
      .default_branch = text_at(repository, "/default_branch").value_or("")};
}

}  // namespace

EventFacts read_event(
    ActionRuntime& runtime,
    std::string_view source,
    const std::optional<GitHubApi>& api,
    const MetadataFeatures& features,
    Instant now) {
  const json payload = payload_of(runtime);
  EventFacts event;
  if (source == "workflow") {
    event = workflow_event(runtime, payload, features);
    if (features.commit_date)
      event.commit_date = commit_date(runtime, payload, event.sha, api, now);
  } else if (source == "git") {
    const GitContext context = read_git_context(features.commit_date);
    event.event_name = runtime.env("GITHUB_EVENT_NAME");
    event.ref = context.ref;
    event.sha = context.sha;
    event.commit_date = context.commit_date;
  } else {
    throw Failed(fmt::format("Invalid context source: {}", source));
  }
  event.base_ref = text_at(payload, "/base_ref");
  event.pull_base_ref = text_at(payload, "/pull_request/base/ref");
  event.default_branch = text_at(payload, "/repository/default_branch");
  return event;
}

RepositoryFacts read_repository(ActionRuntime& runtime, const std::optional<GitHubApi>& api) {
  const std::string full_name = runtime.env("GITHUB_REPOSITORY");
  if (api) {
    return facts_of(json::parse(api->get(fmt::format("/repos/{}", full_name)), nullptr, false));
  }
  runtime.info("The repository's data come from the event and the checkout; GitHub is not asked.");
  const json payload = payload_of(runtime);
  RepositoryFacts facts = facts_of(payload.value("repository", json::object()));
  if (facts.name.empty()) facts.name = full_name.substr(full_name.find('/') + 1);
  if (facts.html_url.empty()) {
    facts.html_url = fmt::format("{}/{}", runtime.env("GITHUB_SERVER_URL"), full_name);
  }
  if (facts.default_branch.empty()) {
    const auto repository = workspace(runtime);
    facts.default_branch = repository ? repository->default_branch() : "main";
  }
  return facts;
}

}  // namespace crun::executor::builtin
