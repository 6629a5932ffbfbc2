// What came with an event: its text, which the run gets, and the same parsed, which decides what is
// started. Parsed once, never on the loop's thread: it may have 25 MB. Copies share both.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace crun::runner {

struct EventBody {
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const nlohmann::ordered_json> json;
  std::shared_ptr<const void> share;  // of the memory for bodies; null: not counted
};

/// Throws UsageError: not a JSON object.
EventBody read_event_body(std::string text);

EventBody make_event_body(nlohmann::ordered_json json);

}  // namespace crun::runner
