#include "workflow/model/permission_levels.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace crun::workflow {

namespace {

struct PermissionScope {
  std::string_view name;
  bool by_default;  // part of read-all and write-all in GitHub's messages
};

// GitHub's order in messages. The newer scopes are told only where they are written.
constexpr PermissionScope scopes[] = {
    {"actions", true},
    {"artifact-metadata", false},
    {"attestations", false},
    {"checks", true},
    {"code-quality", false},
    {"contents", true},
    {"copilot-requests", false},
    {"deployments", true},
    {"discussions", true},
    {"drives", false},
    {"issues", true},
    {"packages", true},
    {"pages", true},
    {"pull-requests", true},
    {"repository-projects", true},
    {"statuses", true},
    {"security-events", true},
    {"id-token", true},
    {"models", false},
    {"vulnerability-alerts", false},
};

PermissionLevel level_named(std::string_view name) {
  if (name == "write" || name == "write-all") return PermissionLevel::write;
  if (name == "read" || name == "read-all") return PermissionLevel::read;
  return PermissionLevel::none;
}

}  // namespace

std::string_view to_string(PermissionLevel level) {
  switch (level) {
    case PermissionLevel::none:
      return "none";
    case PermissionLevel::read:
      return "read";
    case PermissionLevel::write:
      return "write";
  }
  return "";
}

PermissionLevels::PermissionLevels(const Permissions& permissions)
    : others_(level_named(permissions.all)) {
  for (const auto& [scope, level] : permissions.scopes) {
    written_.emplace_back(scope, level_named(level));
  }
}

PermissionLevels::PermissionLevels(PermissionsPolicy policy) {
  if (policy == PermissionsPolicy::write) {
    others_ = PermissionLevel::write;
  } else {
    written_ = {{"contents", PermissionLevel::read}, {"packages", PermissionLevel::read}};
  }
}

PermissionLevel PermissionLevels::level(std::string_view scope) const {
  const auto found = std::find_if(
      written_.begin(), written_.end(), [&](const auto& entry) { return entry.first == scope; });
  return found == written_.end() ? others_ : found->second;
}

std::vector<std::pair<std::string, PermissionLevel>> PermissionLevels::all() const {
  std::vector<std::pair<std::string, PermissionLevel>> levels;
  for (const auto& scope : scopes) {
    const auto is_it = [&](const auto& entry) { return entry.first == scope.name; };
    if (scope.by_default || std::any_of(written_.begin(), written_.end(), is_it)) {
      levels.emplace_back(scope.name, level(scope.name));
    }
  }
  return levels;
}

std::vector<std::pair<std::string, std::string>> PermissionLevels::exceeded_by(
    const PermissionLevels& requested) const {
  std::vector<std::pair<std::string, std::string>> exceeded;
  for (const auto& [scope, wanted] : requested.all()) {
    const auto allowed = level(scope);
    if (wanted <= allowed) continue;
    exceeded.emplace_back(
        fmt::format("{}: {}", scope, to_string(wanted)),
        fmt::format("{}: {}", scope, to_string(allowed)));
  }
  return exceeded;
}

}  // namespace crun::workflow
