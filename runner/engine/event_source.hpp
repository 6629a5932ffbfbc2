// What a run is of: the ref and the commit, found before the event is chosen and a workflow is
// read.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "executor/git/repository.hpp"
#include "runner/engine/local_event.hpp"

namespace crun::runner {

struct EventSource {
  executor::git::Head head;  // a full ref and a commit, always both
  bool at_head = false;      // it is what HEAD names
  std::vector<std::string> notes;
};

/// By --ref, else the event file's `ref`, else its `pull_request.head.ref`, else HEAD. `before` and
/// `after` of a file that is about another ref than --ref are taken out of it. Throws UsageError.
EventSource find_event_source(
    const executor::git::Repository& repository,
    const EventRequest& request,
    nlohmann::ordered_json& file);

/// "main" of "refs/heads/main", "7/merge" of "refs/pull/7/merge".
std::string short_ref_name(const std::string& ref);
/// 7 of "refs/pull/7/merge", else 0.
int pull_request_number(const std::string& ref);
/// The full id of a commit the repository has, else ''.
std::string known_commit(const executor::git::Repository& repository, const std::string& id);

}  // namespace crun::runner
