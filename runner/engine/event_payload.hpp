// The JSON that GitHub would send for an event, as far as a repository alone can tell it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "executor/git/repository.hpp"
#include "runner/engine/local_event.hpp"

namespace crun::runner {

/// `event` has everything but its payload; `trigger` is what the workflow says of it, if anything.
nlohmann::ordered_json make_payload(
    const executor::git::Repository& repository,
    const RunEvent& event,
    const workflow::EventTrigger* trigger);

/// The lists of files in the commits of a push: webhooks have them, workflows do not get them
/// (GitHub's changelog of 2019-10-16).
void drop_changed_files(nlohmann::ordered_json& payload);

}  // namespace crun::runner
