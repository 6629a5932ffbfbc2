// A run for people, line by line: works on any terminal, in a pipe and in a file. Every line says
// which leg it is from; the summary comes last. Colours only on a terminal.
#pragma once

#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "executor/events.hpp"
#include "runner/render/kept_output.hpp"

namespace crun::runner {

class PlainSink : public executor::EventSink {
 public:
  PlainSink(std::FILE* stream, bool colours) : output_(stream), colours_(colours) {}

  void on_event(const executor::Event& event) override;
  void flush() override { output_.flush(); }
  /// Called every few seconds: tells of legs that have been silent, at which step, since when.
  void heartbeat(std::chrono::system_clock::time_point now);

 private:
  using Time = std::chrono::system_clock::time_point;

  struct Leg {
    std::string name;
    std::string step;
    int number = 0;
    Time step_began, last_word;
    std::set<int> headers = {};  // steps in the group that repeats their script
    bool running = false;
  };
  struct Row {
    std::string name, reason;
    executor::Conclusion conclusion;
    std::chrono::milliseconds duration;
  };

  void write(const executor::RunStarted& event, Time time);
  void write(const executor::JobStarted& event, Time time);
  void write(const executor::StepStarted& event, Time time);
  void write(const executor::LogLine& event, Time time);
  void write(const executor::StepFinished& event, Time time);
  void write(const executor::ImagePushed& event, Time time);
  void write(const executor::ImageBuilt& event, Time time);
  void write(const executor::JobFinished& event, Time time);
  void write(const executor::Notice& event, Time time);
  void write(const executor::RunFinished& event, Time time);
  void write(const executor::Annotation&, Time) {}  // its log line says the same
  void write(const executor::StepSummary& event, Time time);

  void summary(const executor::RunFinished& event);
  void image_table(const std::vector<executor::PushedImage>& images);
  void line(const std::string& text);
  std::string paint(const char* colour, const std::string& text) const;
  const std::string& name_of(const std::string& job) const;

  KeptOutput output_;
  bool colours_;
  std::map<std::string, Leg> legs_;
  std::vector<Row> rows_;
  std::vector<std::pair<std::string, std::string>> summaries_;  // job's name, Markdown
  Time began_{};
};

}  // namespace crun::runner
