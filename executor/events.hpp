// Everything that happens in a run is an Event; terminal, JSON, journal, page and forge are sinks.
// Events are plain values, already masked: nothing that comes from a step is in an event before
// the masker has seen it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "workflow/expression/value.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::executor {

using workflow::Conclusion;

struct RunStarted {
  std::string run;       // id of the run
  std::string workflow;  // path
  std::string name;      // of the workflow
  std::string event, ref, sha;
  std::string title = {};  // `run-name`; empty when there is none
};

struct JobStarted {
  std::string job;   // unique per leg
  std::string name;  // "build-push (services/go/api-golang)"
  workflow::Value matrix;
};

struct StepStarted {
  std::string job;
  int step = 0;  // 1-based; 0 is the job itself
  std::string name;
};

struct LogLine {
  enum class Kind { text, command, group, endgroup, debug, notice, warning, error };

  std::string job;
  int step = 0;
  Kind kind = Kind::text;
  std::string line;  // without its line break; of annotations the message
};

/// An annotation: a problem with its place, from `::error::`, a problem matcher or crun itself.
struct Annotation {
  std::string job;
  int step = 0;
  LogLine::Kind level = LogLine::Kind::error;  // notice, warning or error
  std::string message;
  std::map<std::string, std::string> properties;  // file, line, endLine, col, endColumn, title
};

struct StepFinished {
  std::string job;
  int step = 0;
  std::string name;
  Conclusion conclusion = Conclusion::success;
  Conclusion outcome = Conclusion::success;  // before continue-on-error
  std::chrono::milliseconds duration{0};
  std::string reason;  // of skipped steps: the condition that was false
};

struct StepSummary {
  std::string job;
  int step = 0;
  std::string markdown;
};

/// One tag of one push, looked up in its registry.
struct PushedImage {
  enum class State { pushed, missing, mismatch };

  std::string ref;     // as the registry holds it: "127.0.0.1:5002/sidpalas/demo:1.0.9"
  std::string digest;  // of what was built
  std::string registry_digest;
  State state = State::pushed;
  bool verified = false;
  std::string mapped_from;  // the name in the workflow when --registry-map changed it
  std::uint64_t size = 0;   // compressed bytes
  std::vector<std::string> platforms;
  int cached_steps = 0, total_steps = 0;
  std::string detail;  // why it is missing or differs
};

struct ImagePushed {
  std::string job;
  int step = 0;
  PushedImage image;
};

/// A build that deliberately pushed nothing, and why.
struct ImageBuilt {
  std::string job;
  int step = 0;
  std::vector<std::string> refs;
  std::string digest;
  std::string reason;  // "push: false at build-push.yaml:88 because env.ACT == 'true'"
};

struct JobFinished {
  std::string job;
  std::string name;
  Conclusion conclusion = Conclusion::success;
  std::string reason;
  std::chrono::milliseconds duration{0};
};

/// Something crun itself wants people to know, outside any job.
struct Notice {
  std::string text;
};

enum class RunConclusion { success, failure, cancelled, not_triggered, invalid };

std::string_view to_string(RunConclusion conclusion);
std::string_view to_string(PushedImage::State state);

struct RunFinished {
  RunConclusion conclusion = RunConclusion::success;
  int exit_code = 0;
  std::vector<PushedImage> images;
  std::string note;
};

struct Event {
  using Body = std::variant<
      RunStarted,
      JobStarted,
      StepStarted,
      LogLine,
      Annotation,
      StepFinished,
      StepSummary,
      ImagePushed,
      ImageBuilt,
      JobFinished,
      Notice,
      RunFinished>;

  std::chrono::system_clock::time_point time;
  Body body;
};

/// Where events go. Called on the loop's thread, in order; must not block for long.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
  /// What was kept back goes out. Called after each event, but only once after many lines of a log
  /// that came together: a sink that writes keeps its bytes until then.
  virtual void flush() {}
};

}  // namespace crun::executor
