// An event as one line of JSON: the contract of `crun run --json` and of the journal (README,
// "JSON events").
#pragma once

#include <string>

#include "executor/events.hpp"

namespace crun::runner {

/// Without a line break. Text that is no UTF-8 is repaired.
std::string event_json(const executor::Event& event);
/// The same at the end of a text.
void append_event_json(const executor::Event& event, std::string& text);

/// RFC 3339 with milliseconds, UTC.
std::string format_time(std::chrono::system_clock::time_point time);

}  // namespace crun::runner
