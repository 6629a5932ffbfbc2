// Where docker/metadata-action learns what happened and in which repository: event payload,
// environment, git, GitHub's API; in a local run never the API.
#pragma once

#include <optional>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/github_api.hpp"
#include "executor/builtin/metadata/expressions.hpp"
#include "executor/builtin/metadata/labels.hpp"

namespace crun::executor::builtin {

/// `source` is the input `context`: "workflow" or "git". Throws Failed.
EventFacts read_event(
    ActionRuntime& runtime,
    std::string_view source,
    const std::optional<GitHubApi>& api,
    const MetadataFeatures& features,
    Instant now);

/// From the API; without one from the event and the checked-out repository, which the log tells.
/// Throws Failed when the API does not answer.
RepositoryFacts read_repository(ActionRuntime& runtime, const std::optional<GitHubApi>& api);

}  // namespace crun::executor::builtin
