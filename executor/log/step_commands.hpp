// What each workflow command does (runner.md 1.5). A command that fails says so and fails the step,
// but the program that printed it runs on.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "executor/log/annotation.hpp"
#include "executor/log/masker.hpp"
#include "executor/log/step_log.hpp"
#include "executor/log/workflow_command.hpp"

namespace crun::executor {

/// Where commands write to: the log of their step.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void say(LogLine::Kind kind, std::string_view line) = 0;
  /// Shown only when debugging; may have several lines.
  virtual void debug(std::string_view text) = 0;
  /// An ordinary line of the step.
  virtual void text(std::string_view line) = 0;
  virtual void annotate(
      LogLine::Kind level, std::string_view message, AnnotationProperties properties) = 0;
};

class StepCommands {
 public:
  StepCommands(
      CommandSink& sink, Masker& masker, MatcherSet& matchers, const StepLogOptions& options)
      : sink_(sink), masker_(masker), matchers_(matchers), options_(options) {}

  /// False: the line is ordinary output.
  bool process(const std::string& line);
  CommandEffects take_effects() { return std::exchange(effects_, {}); }
  bool echo() const { return echo_; }
  /// What one nested step has stopped or switched on is not the next one's.
  void next_step();

 private:
  struct Row;
  static const Row* find_row(std::string_view name);
  bool is_command(std::string_view name) const;
  void run(const Row& row, const WorkflowCommand& command, const std::string& line);
  void stop(const WorkflowCommand& command, const std::string& line);
  void fail(std::string_view what, std::string_view why);
  void deprecated(const char* command);
  void issue(LogLine::Kind level, const WorkflowCommand& command);

  void set_output(const WorkflowCommand& command);
  void save_state(const WorkflowCommand& command);
  void set_env(const WorkflowCommand& command);
  void add_path(const WorkflowCommand& command);
  void add_mask(const WorkflowCommand& command);
  void add_matcher(const WorkflowCommand& command);
  void remove_matcher(const WorkflowCommand& command);
  void debug(const WorkflowCommand& command);
  void notice(const WorkflowCommand& command);
  void warning(const WorkflowCommand& command);
  void error(const WorkflowCommand& command);
  void group(const WorkflowCommand& command);
  void endgroup(const WorkflowCommand& command);
  void echo(const WorkflowCommand& command);
  void set_repository_path(const WorkflowCommand& command);

  CommandSink& sink_;
  Masker& masker_;
  MatcherSet& matchers_;
  const StepLogOptions& options_;
  CommandEffects effects_;
  std::set<std::string> deprecations_;
  bool echo_ = false;
  bool stopped_ = false;
  std::string stop_token_;
};

}  // namespace crun::executor
