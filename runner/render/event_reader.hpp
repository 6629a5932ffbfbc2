// A line of the journal back to the event it was: a run that is over can be shown by any sink.
#pragma once

#include <optional>
#include <string>

#include "executor/events.hpp"

namespace crun::runner {

/// The inverse of event_json; nothing for a line that is no event of this version.
std::optional<executor::Event> event_from_json(const std::string& line);

}  // namespace crun::runner
