// A run in the words of the API: `/api/runs`, `/api/runs/ID` and `crun runs --json` are this text.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/server/run_record.hpp"

namespace crun::runner {

/// One object. Times are RFC 3339 with milliseconds, null before they are known; the duration is in
/// seconds and grows until `now` while the run goes on.
std::string run_json(
    const RunRecord& run,
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

/// An array of them, one a line.
std::string runs_json(
    const std::vector<RunRecord>& runs,
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

/// From start to end, or to now; nothing before the start.
std::optional<std::chrono::milliseconds> run_duration(
    const RunRecord& run, std::chrono::system_clock::time_point now);

/// Unix milliseconds as RFC 3339, "2026-11-21T13:20:27.482Z".
std::string rfc3339(std::int64_t unix_ms);

}  // namespace crun::runner
