// A step that uses a built-in action: `crun builtin NAME STAGE VERSION` as a child, with the
// environment a JavaScript action has (runner.md 1.9.1), and its post stage remembered.

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "executor/builtin/builtin.hpp"
#include "executor/builtin/pins.hpp"
#include "executor/host/engine_mounts.hpp"
#include "executor/job/job_containers.hpp"
#include "executor/step/action_stages.hpp"
#include "executor/step/report.hpp"
#include "workflow/expression/json.hpp"

namespace crun::executor {

using workflow::Object;
using workflow::Scope;
using workflow::Value;

namespace {

std::string default_text(std::string_view text, const Scope& scope) {
  if (text.find("${{") == std::string_view::npos) return std::string(text);
  std::string value;
  for (const auto& piece : workflow::split_text(text, step_names(true))) {
    value += piece.expression ? evaluate(*piece.expression, scope).to_string() : piece.literal;
  }
  return value;
}

bool same_name(std::string_view a, std::string_view b) {
  return workflow::compare_ignoring_case(a, b) == 0;
}

/// INPUT_*: what the step gives over the action's defaults. Unknown ones arrive too, with GitHub's
/// warning.
Environment input_variables(
    StepCall& call, const builtin::Builtin& action, const NamedValues& given, const Scope& scope) {
  Environment inputs;
  for (const auto& input : action.inputs) {
    inputs.set(input_variable(input.name), default_text(input.default_value, scope));
  }
  std::vector<std::string> unexpected, valid;
  for (const auto& input : action.inputs) valid.emplace_back(input.name);
  for (const auto& [name, value] : given) {
    inputs.set(input_variable(name), value);
    const bool known =
        std::any_of(action.inputs.begin(), action.inputs.end(), [&name = name](const auto& input) {
          return same_name(input.name, name);
        });
    if (!known) unexpected.push_back(name);
  }
  warn_of_unexpected(call, unexpected, valid);
  return inputs;
}

/// May a checkout mount something on the workspace? Whoever works there already, or binds it, must
/// see that: steps beside it work in the folder as it was when they began, and a sandbox has its
/// own view of the machine.
bool may_mount(const JobParts& parts) {
  const auto& run = parts.sources.run;
  if (run.tree_store.empty() || run.live_workspace || run.sandbox || ::geteuid() != 0) return false;
  const auto& steps = parts.sources.job.job->steps;
  const bool beside = std::any_of(steps.begin(), steps.end(), [](const workflow::Step& step) {
    return step.background || !step.parallel.empty();
  });
  return !beside && parts.sources.place.sees_mounts &&
         engine_sees_mounts(engine_client(parts.sources));
}

std::string checkout_json(const JobParts& parts, bool may_check_out) {
  const auto& source = parts.sources.run.checkout;
  Object object;
  object.set("repository", source.repository.string());
  object.set("name", source.name);
  object.set("ref", source.ref);
  object.set("commit", source.commit);
  object.set("working_tree", source.working_tree);
  if (may_check_out && may_mount(parts)) {
    object.set("trees", parts.sources.run.tree_store.string());
    object.set("run", parts.sources.run.work_folder.string());
  }
  return workflow::to_compact_json(Value(std::move(object)));
}

/// What built-in actions need of crun, besides what every action gets.
Environment crun_variables(const JobParts& parts, bool may_check_out) {
  const auto& run = parts.sources.run;
  Environment variables;
  variables.set("CRUN_LOCAL", "1");
  if (run.containers.engine != "docker") variables.set("CRUN_ENGINE", run.containers.engine);
  if (!run.registry_map.empty()) variables.set("CRUN_REGISTRY_MAP", run.registry_map);
  if (!run.checkout.repository.empty()) {
    variables.set("CRUN_CHECKOUT", checkout_json(parts, may_check_out));
  }
  return variables;
}

/// "push: false at build-push.yaml:88 because env.ACT == 'true'".
std::string why_not_pushed(const StepCall& call, const Scope& scope) {
  const auto* push = call.step.with ? call.step.with->find("push") : nullptr;
  if (push == nullptr) {
    const auto& source =
        call.step.with && call.step.with->source ? call.step.with->source : workflow::SourcePtr();
    const auto path = source ? source->path() : std::string("the workflow");
    const auto name = path.substr(path.rfind('/') + 1);
    return fmt::format(
        "push: is not set at {}:{}, and its default is false",
        name,
        call.step.uses_span.begin.line);
  }
  const auto path = push->source ? push->source->path() : std::string();
  auto reason =
      fmt::format("push: false at {}:{}", path.substr(path.rfind('/') + 1), push->span.begin.line);
  if (push->expression) {
    std::vector<std::string> causes;
    for (const auto& name : push->expression->paths()) {
      if (name.ends_with(".*")) continue;
      try {
        const auto value =
            evaluate(workflow::Expression::parse(name, step_names(call.frame.composite())), scope);
        causes.push_back(fmt::format("{} == '{}'", name, value.to_string()));
      } catch (const std::exception&) {  // a path that is none on its own tells nothing
      }
    }
    if (!causes.empty()) reason += fmt::format(" because {}", fmt::join(causes, " and "));
  }
  return reason;
}

/// A commit that no tag known here points to may behave otherwise than what is run in its place.
void warn_of_unknown_commit(StepCall& call, const ResolvedAction& action) {
  constexpr std::size_t commit_length = 40;
  const auto& ref = action.reference.ref;
  if (ref.size() != commit_length || builtin::is_known_ref(action.repository, ref)) return;
  call.log.annotate(
      LogLine::Kind::warning,
      fmt::format(
          "{} is a commit that this crun does not know; it runs as {}, the newest version it "
          "knows. "
          "To run the commit's own files: --action {}=DIR",
          call.step.uses,
          action.version,
          call.step.uses));
}

}  // namespace

asio::awaitable<StepOutcome> run_builtin_step(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto* action = builtin::find_builtin(use.action->repository);
  const std::string program(action->name);
  const auto scope = call_scope(parts, call);
  const auto given = evaluate_mapping(call.step.with.get(), scope);

  call.log.say(LogLine::Kind::group, fmt::format("Run {}", call.step.uses));
  call.log.say(
      LogLine::Kind::command,
      fmt::format("{}@{} (built in)", action->repository, use.action->version));
  if (!given.empty()) call.log.say(LogLine::Kind::command, "with:");
  for (const auto& [name, value] : given) {
    call.log.say(LogLine::Kind::command, fmt::format("  {}: {}", name, value));
  }
  call.log.say(LogLine::Kind::endgroup, "");
  warn_of_unknown_commit(call, *use.action);

  use.inputs = input_variables(call, *action, given, scope);
  for (const auto& [name, value] : use.inputs) {
    use.inputs.set(name, parts.sources.place.paths.outside(value));
  }
  // Registered before it runs: a login that failed is logged out all the same, as on GitHub.
  if (action->has_post) register_post(parts, call, use);

  ProcessCall process;
  process.argv = {parts.sources.run.crun_program, "builtin", program, "main", use.action->version};
  process.directory = parts.sources.folders.workspace;
  process.where = Where::machine;
  process.extra = stage_variables(use);
  process.extra.merge(crun_variables(parts, program == "checkout"));
  process.saved_state = &use.state;
  process.on_report = [&parts, &call, &scope](const std::vector<std::string>& lines) {
    for (const auto& line : lines) {
      const auto report = read_report_line(parts.sources.run.masker->mask(line));
      if (!report) continue;
      if (const auto* pushed = std::get_if<PushedImage>(&*report)) {
        parts.emit(ImagePushed{parts.sources.job.id, call.number, *pushed});
      } else if (const auto* built = std::get_if<ImageBuilt>(&*report)) {
        auto event = *built;
        event.job = parts.sources.job.id;
        event.step = call.number;
        event.reason = why_not_pushed(call, scope);
        parts.emit(event);
      }
    }
  };
  auto outcome = co_await run_process(parts, call, std::move(process));
  for (auto& [name, value] : outcome.outputs) value = parts.sources.place.paths.inside(value);
  co_return outcome;
}

asio::awaitable<StepOutcome> run_builtin_post(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto* action = builtin::find_builtin(use.action->repository);
  const std::string name(action->name);
  const auto is_asked_for = [action](const auto& saved) {
    return saved.first == action->post_state;
  };
  // A process would be the dearest part of doing nothing.
  if (!action->post_state.empty() &&
      std::none_of(use.state.begin(), use.state.end(), is_asked_for)) {
    co_return StepOutcome();
  }
  ProcessCall process;
  process.argv = {parts.sources.run.crun_program, "builtin", name, "post", use.action->version};
  process.directory = parts.sources.folders.workspace;
  process.where = Where::machine;
  process.extra = stage_variables(use);
  process.extra.merge(crun_variables(parts, false));
  co_return co_await run_process(parts, call, std::move(process));
}

}  // namespace crun::executor
