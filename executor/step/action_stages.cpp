#include "executor/step/action_stages.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "executor/builtin/builtin.hpp"
#include "executor/error.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t deepest_nesting = 10;  // of composite actions

/// Is this a step whose action can be looked up before the job's files are there?
bool resolvable(const workflow::Step& step) {
  return step.kind == workflow::Step::Kind::uses && !is_local(step.uses);
}

}  // namespace

std::string use_key(const StepFrame& frame, const workflow::Step& step) {
  return frame.scope + step.id;
}

ActionPlace place_of(const JobParts& parts, const StepFrame& frame) {
  return {parts.sources.folders.workspace, frame.origin, frame.action_repository, frame.action_ref};
}

void resolve_uses(
    const std::vector<workflow::Step>& steps,
    const std::string& scope,
    const ActionPlace& place,
    ActionStore& store,
    ActionUses& uses) {
  if (static_cast<std::size_t>(std::count(scope.begin(), scope.end(), '/')) > deepest_nesting) {
    return;  // told when it runs
  }
  for (const auto& step : steps) {
    if (!step.parallel.empty()) {
      resolve_uses(step.parallel, scope + step.id + "/", place, store, uses);
    }
    const bool of_workspace = place.origin.empty() && step.uses.starts_with("$/");
    if (!resolvable(step) || of_workspace) continue;
    const auto key = scope + step.id;
    const auto& action = uses[key].action.emplace(resolve_action(step.uses, place, store));
    if (!action.manifest || action.manifest->kind != workflow::Action::Kind::composite) continue;
    const ActionPlace inside{place.workspace, action.origin, action.repository, action.ref};
    resolve_uses(action.manifest->steps, key + "/", inside, store, uses);
  }
}

bool has_pre(const ActionUse& use, const std::string& key, const ActionUses& uses) {
  if (!use.action || !use.action->manifest) return false;
  const auto& manifest = *use.action->manifest;
  if (manifest.kind != workflow::Action::Kind::composite) {
    return !manifest.pre.empty() || !manifest.pre_entrypoint.empty();
  }
  return std::any_of(manifest.steps.begin(), manifest.steps.end(), [&](const workflow::Step& step) {
    const auto nested = uses.find(key + "/" + step.id);
    return nested != uses.end() && has_pre(nested->second, nested->first, uses);
  });
}

void warn_of_unexpected(
    StepCall& call,
    const std::vector<std::string>& unexpected,
    const std::vector<std::string>& valid) {
  if (unexpected.empty()) return;
  call.log.annotate(
      LogLine::Kind::warning,
      fmt::format(
          "Unexpected input(s) '{}', valid inputs are ['{}']",
          fmt::join(unexpected, "', '"),
          fmt::join(valid, "', '")));
}

NamedValues action_inputs(
    const workflow::Action& action, const NamedValues& given, const workflow::Scope& scope) {
  NamedValues inputs;
  for (const auto& input : action.inputs) {
    const auto found = std::find_if(given.begin(), given.end(), [&](const auto& entry) {
      return workflow::compare_ignoring_case(entry.first, input.name) == 0;
    });
    if (found != given.end()) {
      inputs.emplace_back(input.name, found->second);
    } else {
      const auto* otherwise = input.default_value.get();
      inputs.emplace_back(
          input.name, otherwise != nullptr ? evaluate_string(*otherwise, scope) : std::string());
    }
  }
  for (const auto& entry : given) {
    if (action.find_input(entry.first) == nullptr) inputs.push_back(entry);
  }
  return inputs;
}

void warn_of_inputs(StepCall& call, const workflow::Action& action, const NamedValues& given) {
  std::vector<std::string> unexpected, valid;
  // The image of a Docker action takes these two from any step.
  if (action.kind == workflow::Action::Kind::docker) valid = {"entryPoint", "args"};
  const auto is_valid = [&valid, own = valid.size()](const std::string& name) {
    return std::any_of(valid.begin(), valid.begin() + own, [&name](const std::string& other) {
      return workflow::compare_ignoring_case(name, other) == 0;
    });
  };
  for (const auto& input : action.inputs) valid.push_back(input.name);
  for (const auto& [name, value] : given) {
    if (const auto* input = action.find_input(name)) {
      if (input->deprecation_message.empty()) continue;
      call.log.annotate(
          LogLine::Kind::warning,
          fmt::format(
              "Input '{}' has been deprecated with message: {}",
              input->name,
              input->deprecation_message));
      continue;
    }
    if (!is_valid(name)) unexpected.push_back(name);
  }
  warn_of_unexpected(call, unexpected, valid);
}

std::string input_variable(std::string_view input) {
  std::string name = "INPUT_";
  for (const char byte : input) {
    name += byte == ' ' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
  }
  return name;
}

Environment stage_variables(const ActionUse& use) {
  auto variables = use.inputs;
  for (const auto& [name, value] : use.state) variables.set("STATE_" + name, value);
  return variables;
}

std::unique_ptr<StepFrame> composite_frame(
    const StepCall& call, const ActionUse& use, const NamedValues& inputs) {
  if (static_cast<std::size_t>(call.frame.depth) >= deepest_nesting) {
    throw Error(fmt::format(
        "{}: composite actions are nested deeper than {} levels", call.step.uses, deepest_nesting));
  }
  auto made = std::make_unique<StepFrame>();
  auto& frame = *made;
  frame.step = call.action.step;
  frame.depth = call.frame.depth + 1;
  frame.action_path = use.action->folder.string();
  frame.action_repository = use.action->repository;
  frame.action_ref = use.action->ref;
  frame.origin = use.action->origin.string();
  frame.scope = use_key(call.frame, call.step) + "/";
  frame.env = call.frame.env;
  frame.env.merge(call.own_env);
  for (const auto& [name, value] : inputs) frame.inputs.set(name, value);
  return made;
}

void say_inputs(StepCall& call, const NamedValues& given, const NamedValues& inputs) {
  call.log.say(LogLine::Kind::group, fmt::format("Run {}", call.step.uses));
  auto shown = given;
  for (const auto& input : inputs) {
    const bool known = std::any_of(given.begin(), given.end(), [&input](const auto& entry) {
      return workflow::compare_ignoring_case(entry.first, input.first) == 0;
    });
    if (!known) shown.push_back(input);
  }
  std::erase_if(shown, [](const auto& entry) { return entry.second.empty(); });
  if (!shown.empty()) call.log.say(LogLine::Kind::command, "with:");
  for (const auto& [name, value] : shown) {
    call.log.say(LogLine::Kind::command, fmt::format("  {}: {}", name, value));
  }
  if (!call.env.empty()) call.log.say(LogLine::Kind::command, "env:");
  for (const auto& [name, value] : call.env) {
    call.log.say(LogLine::Kind::command, fmt::format("  {}: {}", name, value));
  }
  call.log.say(LogLine::Kind::endgroup, "");
}

void bring_along(const ContextSources& sources, ResolvedAction& action) {
  const auto origin = action.origin.string();
  const bool seen = sources.place.paths.inside(origin) != origin;
  if (!sources.place.in_container || !action.manifest || seen) return;
  const auto name =
      action.reference.repository.empty() ? std::string("local") : action.reference.repository;
  const auto copy = fs::path(sources.folders.actions) / name / action.reference.ref;
  std::error_code error;
  if (!fs::exists(copy)) {
    fs::create_directories(copy, error);
    fs::copy(origin, copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
    if (error) {
      throw Error(
          fmt::format("cannot copy {} for the container: {}", action.uses, error.message()));
    }
  }
  action.folder = copy / fs::relative(action.folder, action.origin, error);
  action.origin = copy;
}

void register_post(JobParts& parts, const StepCall& call, ActionUse& use) {
  if (use.has_post_step) return;
  use.has_post_step = true;
  PostStep post;
  const auto scope = call_scope(parts, call);
  post.name = "Post " + display_name(call.step, scope);
  post.step = &call.step;
  post.use = use_key(call.frame, call.step);
  if (call.frame.composite()) {
    post.composite = call.frame.scope.substr(0, call.frame.scope.size() - 1);
  }
  parts.posts.push_back(std::move(post));
}

}  // namespace crun::executor
