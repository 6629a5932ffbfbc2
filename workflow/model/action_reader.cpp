#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workflow/expression/value.hpp"
#include "workflow/model/action.hpp"
#include "workflow/model/schema.hpp"
#include "workflow/model/settings_reader.hpp"
#include "workflow/model/step_reader.hpp"
#include "workflow/model/token_reader.hpp"
#include "workflow/plan/condition.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::workflow {

namespace {

constexpr std::string_view node_versions[] = {"node12", "node16", "node20", "node24"};

bool same(std::string_view left, std::string_view right) {
  return compare_ignoring_case(left, right) == 0;
}

/// pre-if and post-if: always() when not written, and nothing is added to what is written.
Condition read_hook(const TokenPtr& token, Diagnostics& diagnostics) {
  const auto& names = schema::expression_names(schema::action_hook_condition);
  Condition condition;
  condition.expression = Expression::parse("always()", names);
  if (!token || token->text.empty()) return condition;
  condition.span = token->span;
  condition.text = token->text;
  try {
    condition.expression = Expression::parse(token->text, names);
  } catch (const ExpressionError& failure) {
    diagnostics.error(token->source, token->span, "expression", failure.what());
  }
  return condition;
}

class ActionReader {
 public:
  ActionReader(Action& action, Diagnostics& diagnostics)
      : action_(action), diagnostics_(diagnostics) {}

  void read(const Token& root);

 private:
  void read_inputs(const Token& inputs);
  void read_outputs(const Token& outputs);
  void read_runs(const Token& runs);
  void read_kind(const Token& using_);

  Action& action_;
  Diagnostics& diagnostics_;
};

void ActionReader::read(const Token& root) {
  for (const auto& [key, value] : root.entries) {
    const auto name = text_of(key);
    if (name == "name") action_.name = text_of(value);
    if (name == "description") action_.description = text_of(value);
    if (name == "inputs") read_inputs(*value);
    if (name == "outputs") read_outputs(*value);
    if (name == "runs") read_runs(*value);
  }
}

void ActionReader::read_inputs(const Token& inputs) {
  for (const auto& [key, definition] : inputs.entries) {
    ActionInput input;
    input.name = text_of(key);
    input.span = key->span;
    for (const auto& [property, value] : definition->entries) {
      const auto name = text_of(property);
      if (name == "description") input.description = text_of(value);
      if (name == "required") input.required = value->boolean;
      if (same(name, "default")) input.default_value = value;
      if (same(name, "deprecationMessage")) input.deprecation_message = text_of(value);
    }
    action_.inputs.push_back(std::move(input));
  }
}

void ActionReader::read_outputs(const Token& outputs) {
  for (const auto& [key, definition] : outputs.entries) {
    ActionOutput output;
    output.name = text_of(key);
    for (const auto& [property, value] : definition->entries) {
      if (text_of(property) == "value") output.value = value;
    }
    action_.outputs.push_back(std::move(output));
  }
}

void ActionReader::read_runs(const Token& runs) {
  TokenPtr pre_if;
  TokenPtr post_if;
  for (const auto& [key, value] : runs.entries) {
    const auto name = text_of(key);
    if (name == "using") read_kind(*value);
    if (name == "steps") {
      action_.steps = read_steps(*value, schema::action_condition, diagnostics_);
    }
    if (name == "main") action_.main = text_of(value);
    if (name == "pre") action_.pre = text_of(value);
    if (name == "post") action_.post = text_of(value);
    if (name == "pre-if") pre_if = value;
    if (name == "post-if") post_if = value;
    if (name == "image") action_.image = text_of(value);
    if (name == "entrypoint") action_.entrypoint = text_of(value);
    if (name == "pre-entrypoint") action_.pre_entrypoint = text_of(value);
    if (name == "post-entrypoint") action_.post_entrypoint = text_of(value);
    if (name == "args") action_.args = value;
    if (name == "env") action_.env = value;
  }
  action_.pre_if = read_hook(pre_if, diagnostics_);
  action_.post_if = read_hook(post_if, diagnostics_);
}

void ActionReader::read_kind(const Token& using_) {
  action_.using_ = using_.text;
  if (same(using_.text, "composite")) {
    action_.kind = Action::Kind::composite;
  } else if (same(using_.text, "docker")) {
    action_.kind = Action::Kind::docker;
  } else if (std::any_of(
                 std::begin(node_versions), std::end(node_versions), [&](std::string_view version) {
                   return same(version, using_.text);
                 })) {
    action_.kind = Action::Kind::node;
  } else {
    diagnostics_
        .error(
            using_.source,
            using_.span,
            "using",
            fmt::format(
                "'using: {}' is not supported, use 'docker', 'node12', 'node16', 'node20' or "
                "'node24' "
                "instead.",
                using_.text))
        .help = "an action of steps has `using: composite`";
  }
}

}  // namespace

const ActionInput* Action::find_input(std::string_view input) const {
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const ActionInput& candidate) {
    return compare_ignoring_case(candidate.name, input) == 0;
  });
  return found == inputs.end() ? nullptr : &*found;
}

ActionPtr read_action(
    const SourcePtr& source, Diagnostics& diagnostics, const ActionReaderOptions& options) {
  YamlLimits limits;
  limits.refuse_duplicate_keys = false;
  const auto errors_before = diagnostics.count(Severity::error);
  const auto has_errors = [&] { return diagnostics.count(Severity::error) > errors_before; };
  const auto node = read_yaml(source, diagnostics, limits);
  if (!node) return nullptr;
  const auto& place = options.strict ? schema::published_action : schema::action;
  TokenReaderOptions reading;
  reading.depth = 100;
  const auto root = read_tokens(source, *node, place, diagnostics, reading);
  if (!root || has_errors()) return nullptr;
  auto action = std::make_shared<Action>();
  action->source = source;
  ActionReader(*action, diagnostics).read(*root);
  if (has_errors()) return nullptr;
  return action;
}

}  // namespace crun::workflow
