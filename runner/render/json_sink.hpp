// Events as JSON lines on a stream: `crun run --json`.
#pragma once

#include <cstdio>

#include "executor/events.hpp"

namespace crun::runner {

class JsonSink : public executor::EventSink {
 public:
  explicit JsonSink(std::FILE* stream) : stream_(stream) {}
  void on_event(const executor::Event& event) override;

 private:
  std::FILE* stream_;
};

}  // namespace crun::runner
