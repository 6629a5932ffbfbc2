// One run as the service knows it: what is in the database, and what lists and pages show.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crun::runner {

enum class RunState { queued, starting, running, ended };

struct RunRecord {
  std::string id, repository, workflow, event, ref, sha;
  RunState state = RunState::queued;
  std::string conclusion, reason;  // words of run.finished; empty before the end
  std::int64_t created_ms = 0, started_ms = 0, ended_ms = 0;  // Unix milliseconds; 0: not yet
  int exit_code = 0;
};

std::string_view to_string(RunState state);

}  // namespace crun::runner
