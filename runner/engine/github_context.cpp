#include "runner/engine/github_context.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace crun::runner {

using workflow::Object;
using workflow::Value;

namespace {

/// GitHub's run ids are numbers and some actions read them as such: the digits of ours.
std::string numeric_id(const std::string& run_id) {
  std::string digits;
  for (const char byte : run_id.substr(0, 15)) {
    if (std::isdigit(static_cast<unsigned char>(byte))) digits += byte;
  }
  return digits.empty() ? "1" : digits;
}

/// "git://github.com/owner/name.git", though nobody serves that any more.
std::string git_url(const std::string& server_url, const std::string& repository) {
  const auto scheme = server_url.starts_with("http") ? server_url.find("://") : std::string::npos;
  const auto server = scheme == std::string::npos ? server_url : "git" + server_url.substr(scheme);
  return fmt::format("{}/{}.git", server, repository);
}

}  // namespace

Object github_context(
    const RunEvent& event,
    const workflow::Workflow& workflow,
    const std::string& path,
    const std::string& run_id,
    const std::string& token) {
  const auto owner = event.repository.substr(0, event.repository.find('/'));
  const auto api = event.server_url == "https://github.com" ? std::string("https://api.github.com")
                                                            : event.server_url + "/api/v3";
  Object github;
  github.set("token", token);
  github.set("ref", event.ref);
  github.set("ref_name", event.ref_name());
  github.set("ref_type", event.ref_type());
  github.set("ref_protected", false);
  github.set("sha", event.sha);
  github.set("repository", event.repository);
  github.set("repository_owner", owner);
  github.set("repository_id", "1");
  github.set("repository_owner_id", "1");
  github.set("repositoryUrl", git_url(event.server_url, event.repository));
  github.set("run_id", numeric_id(run_id));
  github.set("run_number", "1");
  github.set("run_attempt", "1");
  github.set("retention_days", "90");
  github.set("actor", event.actor);
  github.set("actor_id", "1");
  github.set("triggering_actor", event.actor);
  github.set("workflow", workflow.name.empty() ? path : workflow.name);
  github.set("workflow_ref", fmt::format("{}/{}@{}", event.repository, path, event.ref));
  github.set("workflow_sha", event.sha);
  github.set("head_ref", event.head_ref);
  github.set("base_ref", event.base_ref);
  github.set("event_name", event.name);
  github.set("event", event.payload);
  github.set("server_url", event.server_url);
  github.set("api_url", api);
  github.set(
      "graphql_url",
      event.server_url == "https://github.com" ? api + "/graphql"
                                               : event.server_url + "/api/graphql");
  github.set("secret_source", "Actions");
  return github;
}

Object workflow_file_context(const Object& github, const std::string& path) {
  const auto repository = github.find("repository")->to_string();
  Object job;
  job.set(
      "workflow_ref", fmt::format("{}/{}@{}", repository, path, github.find("ref")->to_string()));
  job.set("workflow_sha", *github.find("sha"));
  job.set("workflow_repository", repository);
  job.set("workflow_file_path", path);
  return job;
}

}  // namespace crun::runner
