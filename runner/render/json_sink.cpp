#include "runner/render/json_sink.hpp"

#include "runner/render/event_json.hpp"

namespace crun::runner {

void JsonSink::on_event(const executor::Event& event) {
  const auto line = event_json(event) + "\n";
  std::fwrite(line.data(), 1, line.size(), stream_);
  std::fflush(stream_);  // who follows a run wants each event when it happens
}

}  // namespace crun::runner
