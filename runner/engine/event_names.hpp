// The events that GitHub knows, and the activity type each usually comes with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workflow/model/trigger.hpp"

namespace crun::runner {

bool is_known_event(std::string_view name);
/// The known event nearest to a misspelt name.
std::optional<std::string> nearest_event(std::string_view name);
bool is_pull_request(std::string_view event);

/// `action` of the payload: the usual one if `types` (trigger may be null) allows it, else the
/// first of them; '' for events without activity types.
std::string default_action(const std::string& event, const workflow::EventTrigger* trigger);

}  // namespace crun::runner
