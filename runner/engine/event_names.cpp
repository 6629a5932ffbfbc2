#include "runner/engine/event_names.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "workflow/source/spelling.hpp"

namespace crun::runner {

namespace {

/// docs.github.com, "Events that trigger workflows".
constexpr std::array<std::string_view, 35> known_events = {
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "image_version",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "milestone",
    "page_build",
    "public",
    "pull_request",
    "pull_request_comment",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "push",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_call",
    "workflow_dispatch",
    "workflow_run",
    "project"};

}  // namespace

bool is_known_event(std::string_view name) {
  return std::find(known_events.begin(), known_events.end(), name) != known_events.end();
}

std::optional<std::string> nearest_event(std::string_view name) {
  return workflow::nearest(
      name, std::vector<std::string>(known_events.begin(), known_events.end()));
}

bool is_pull_request(std::string_view event) {
  return event.starts_with("pull_request");
}

std::string default_action(const std::string& event, const workflow::EventTrigger* trigger) {
  static const std::map<std::string, std::string> usual = {
      {"pull_request", "opened"},
      {"pull_request_target", "opened"},
      {"pull_request_review", "submitted"},
      {"pull_request_review_comment", "created"},
      {"release", "published"},
      {"issues", "opened"},
      {"issue_comment", "created"},
      {"workflow_run", "completed"},
      {"check_run", "completed"},
      {"check_suite", "completed"},
      {"discussion", "created"},
      {"discussion_comment", "created"},
      {"label", "created"},
      {"milestone", "created"},
      {"merge_group", "checks_requested"},
      {"registry_package", "published"},
      {"watch", "started"}};
  const auto found = usual.find(event);
  if (found == usual.end()) return "";
  if (!trigger || !trigger->types || trigger->types->empty()) return found->second;
  const auto& types = *trigger->types;
  const bool listed = std::any_of(
      types.begin(), types.end(), [&](const auto& type) { return type.text == found->second; });
  return listed ? found->second : types.front().text;
}

}  // namespace crun::runner
