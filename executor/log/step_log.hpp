// The way of a step's bytes: lines -> workflow commands -> problem matchers -> mask -> events.
// What commands change (outputs, environment, state) is collected here, unmasked, and applied by
// the job; everything that leaves as an event has been through the masker.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/events.hpp"
#include "executor/log/masker.hpp"
#include "executor/process/command.hpp"

namespace crun::executor {

class MatcherSet;  // problem_matcher.hpp: the matchers of a job, added and removed by commands

using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// What the commands of a step asked for, in order. `failed`: a command could not be processed.
struct CommandEffects {
  NamedValues outputs;
  NamedValues state;
  NamedValues environment;  // set-env, where unsecure commands are allowed
  std::vector<std::string> paths;
  bool failed = false;
};

struct StepLogOptions {
  std::string job;
  int step = 0;
  bool debug = false;                       // RUNNER_DEBUG: debug lines are shown
  bool allow_unsecure_commands = false;     // ACTIONS_ALLOW_UNSECURE_COMMANDS
  std::string workspace;                    // files of annotations are told relative to it
  bool allow_unsecure_stop_tokens = false;  // ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS
  bool internal_commands = false;           // of actions that GitHub itself made
  /// A path as the step sees it -> on this machine; absent: the same.
  std::function<std::string(const std::string&)> host_path;
};

class StepLog {
 public:
  using Emit = std::function<void(Event::Body)>;

  StepLog(Masker& masker, MatcherSet& matchers, Emit emit, StepLogOptions options);
  ~StepLog();

  /// Bytes of the step, as they come.
  void write(Stream stream, std::string_view bytes);
  /// Ends unfinished lines.
  void finish();

  /// A line of crun's own: masked, but not read for commands.
  void say(LogLine::Kind kind, std::string_view line);
  /// An annotation of crun's own, with its log line.
  void annotate(
      LogLine::Kind level,
      std::string_view message,
      std::map<std::string, std::string> properties = {});

  /// The next step of a composite action begins in the same log: what it may do is its own affair.
  void next_step(bool allow_unsecure_commands, bool allow_unsecure_stop_tokens);

  CommandEffects take_effects();
  /// Are processed commands shown (`::echo::on`)?
  bool echo() const;

  /// Hears every plain line after masking, for as long as it lives; for those that look for facts
  /// in the log (pushed images). The steps of a composite action watch the same log one after
  /// another.
  class Watch {
   public:
    Watch(StepLog& log, std::function<void(std::string_view)> observer);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    StepLog& log_;
    std::function<void(std::string_view)> observer_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::executor
