// The sinks of a run, as one.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "executor/events.hpp"

namespace crun::runner {

class Sinks {
 public:
  void add(executor::EventSink* sink) { sinks_.push_back(sink); }

  void emit(executor::Event::Body body) const {
    give(std::move(body));
    flush();
  }
  /// Without flushing.
  void give(executor::Event::Body body) const {
    const executor::Event event{std::chrono::system_clock::now(), std::move(body)};
    for (auto* sink : sinks_) sink->on_event(event);
  }
  void flush() const {
    for (auto* sink : sinks_) sink->flush();
  }

 private:
  std::vector<executor::EventSink*> sinks_;
};

}  // namespace crun::runner
