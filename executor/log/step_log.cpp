#include "executor/log/step_log.hpp"

#include "executor/log/annotation.hpp"
#include "executor/log/line_splitter.hpp"
#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_commands.hpp"
#include "executor/log/workflow_command.hpp"

namespace crun::executor {

namespace {

/// The runner's own marks of composite actions, which a step must not forge.
std::string disarm(std::string_view line) {
  std::string result(line);
  for (std::string_view mark : {"##[start-action", "##[end-action"}) {
    for (auto at = result.find(mark); at != std::string::npos; at = result.find(mark, at)) {
      result.insert(at + 3, 1, '\\');
    }
  }
  return result;
}

}  // namespace

struct StepLog::Impl : CommandSink {
  Impl(Masker& the_masker, MatcherSet& the_matchers, Emit to, StepLogOptions the_options)
      : masker(the_masker),
        matchers(the_matchers),
        emit(std::move(to)),
        options(std::move(the_options)),
        commands(*this, masker, matchers, options),
        out([this](std::string_view line) { read(line); }, cut()),
        err([this](std::string_view line) { read(line); }, cut()) {}

  LineSplitter::Cut cut() {
    return [this](std::string_view text) { return masker.safe_prefix(text); };
  }

  void read(std::string_view raw);
  bool match(std::string_view line);
  std::string shown(std::string_view text) const { return repair_utf8(masker.mask(text)); }

  void say(LogLine::Kind kind, std::string_view line) override {
    emit(LogLine{options.job, options.step, kind, shown(line)});
  }
  void debug(std::string_view text) override;
  void text(std::string_view line) override;
  void annotate(
      LogLine::Kind level, std::string_view message, AnnotationProperties properties) override {
    say(level, message);
    note(level, message, std::move(properties));
  }
  void note(LogLine::Kind level, std::string_view message, AnnotationProperties properties);

  Masker& masker;
  MatcherSet& matchers;
  Emit emit;
  StepLogOptions options;
  StepCommands commands;
  LineSplitter out, err;
  AnnotationBudget budget;
  std::vector<const std::function<void(std::string_view)>*> observers;
};

void StepLog::Impl::read(std::string_view raw) {
  if (!may_be_command(raw)) {
    if (!match(raw)) text(raw);
    return;
  }
  const std::string line = disarm(raw);
  if (!commands.process(line) && !match(line)) text(line);
}

bool StepLog::Impl::match(std::string_view line) {
  if (matchers.empty()) return false;
  std::string plain = without_colours(line);
  auto problem = matchers.match(plain, options.workspace, [this](std::string why) { debug(why); });
  if (!problem) return false;
  say(problem->level, plain);
  note(problem->level, problem->message, std::move(problem->properties));
  return true;
}

void StepLog::Impl::debug(std::string_view text) {
  if (!options.debug) return;
  while (true) {
    auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    say(LogLine::Kind::debug, line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void StepLog::Impl::text(std::string_view line) {
  LogLine event{options.job, options.step, LogLine::Kind::text, {}};
  // So the toolkit shows the programs that an action runs.
  for (std::string_view mark : {"[command]", "##[command]"}) {
    if (!line.starts_with(mark)) continue;
    event.kind = LogLine::Kind::command;
    line.remove_prefix(mark.size());
    break;
  }
  event.line = shown(line);
  for (const auto* observer : observers) (*observer)(event.line);
  emit(std::move(event));
}

void StepLog::Impl::note(
    LogLine::Kind level, std::string_view message, AnnotationProperties properties) {
  if (!budget.spend(level)) return;  // it is in the log
  Annotation event{options.job, options.step, level, cut_message(shown(message)), {}};
  for (const auto& [name, value] : properties) event.properties[shown(name)] = shown(value);
  emit(std::move(event));
}

StepLog::StepLog(Masker& masker, MatcherSet& matchers, Emit emit, StepLogOptions options)
    : impl_(std::make_unique<Impl>(masker, matchers, std::move(emit), std::move(options))) {}

StepLog::~StepLog() = default;

void StepLog::write(Stream stream, std::string_view bytes) {
  (stream == Stream::out ? impl_->out : impl_->err).write(bytes);
}

void StepLog::finish() {
  impl_->out.finish();
  impl_->err.finish();
}

void StepLog::say(LogLine::Kind kind, std::string_view line) {
  impl_->say(kind, line);
}

void StepLog::annotate(
    LogLine::Kind level, std::string_view message, std::map<std::string, std::string> properties) {
  impl_->annotate(level, message, std::move(properties));
}

void StepLog::next_step(bool allow_unsecure_commands, bool allow_unsecure_stop_tokens) {
  impl_->options.allow_unsecure_commands = allow_unsecure_commands;
  impl_->options.allow_unsecure_stop_tokens = allow_unsecure_stop_tokens;
  impl_->commands.next_step();
}

CommandEffects StepLog::take_effects() {
  return impl_->commands.take_effects();
}

bool StepLog::echo() const {
  return impl_->commands.echo();
}

StepLog::Watch::Watch(StepLog& log, std::function<void(std::string_view)> observer)
    : log_(log), observer_(std::move(observer)) {
  log_.impl_->observers.push_back(&observer_);
}

StepLog::Watch::~Watch() {
  std::erase(log_.impl_->observers, &observer_);
}

}  // namespace crun::executor
