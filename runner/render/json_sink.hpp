// Events as JSON lines on a stream: `crun run --json`.
#pragma once

#include <cstdio>

#include "executor/events.hpp"
#include "runner/render/kept_output.hpp"

namespace crun::runner {

class JsonSink : public executor::EventSink {
 public:
  explicit JsonSink(std::FILE* stream) : output_(stream) {}
  void on_event(const executor::Event& event) override;
  /// Who follows a run wants each event when it happens.
  void flush() override { output_.flush(); }

 private:
  KeptOutput output_;
};

}  // namespace crun::runner
