#include "runner/server/event_body.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "runner/engine/event_file.hpp"

namespace crun::runner {

using Json = nlohmann::ordered_json;

EventBody read_event_body(std::string text) {
  EventBody payload;
  payload.json = std::make_shared<const Json>(parse_event(text, "the payload"));
  payload.text = std::make_shared<const std::string>(std::move(text));
  return payload;
}

EventBody make_event_body(Json json) {
  EventBody payload;
  payload.text = std::make_shared<const std::string>(
      json.dump(-1, ' ', false, Json::error_handler_t::replace));
  payload.json = std::make_shared<const Json>(std::move(json));
  return payload;
}

}  // namespace crun::runner
