#include "runner/render/json_sink.hpp"

#include "runner/render/event_json.hpp"

namespace crun::runner {

void JsonSink::on_event(const executor::Event& event) {
  append_event_json(event, output_.text());
  output_.text() += '\n';
  output_.wrote();
}

}  // namespace crun::runner
