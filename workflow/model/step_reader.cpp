#include "workflow/model/step_reader.hpp"

#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workflow/expression/value.hpp"
#include "workflow/model/id_builder.hpp"
#include "workflow/model/settings_reader.hpp"
#include "workflow/model/uses.hpp"

namespace crun::workflow {

namespace {

class StepReader {
 public:
  StepReader(schema::Names condition, Diagnostics& diagnostics)
      : condition_(condition), diagnostics_(diagnostics) {}

  std::vector<Step> read(const Token& steps) {
    std::vector<Step> read;
    for (const auto& item : steps.items) {
      if (item && item->kind == Token::Kind::mapping) read.push_back(read_step(*item));
    }
    return read;
  }

  /// Ids for steps that have none, after all the authors' are known.
  void name_steps(std::vector<Step>& steps, const SourcePtr& source) {
    for (auto& step : steps) {
      if (!step.id.empty()) continue;
      ids_.append("__" + default_id(step));
      try {
        step.id = ids_.build();
      } catch (const std::runtime_error& error) {  // a thousand are named alike
        diagnostics_.error(source, step.span, "id", error.what()).help =
            "give this step and those after it an `id`";
        return;
      }
    }
  }

 private:
  Step read_step(const Token& token);
  bool read_value(Step& step, std::string_view name, const TokenPtr& value);
  void check_targets(const Step& step, const TokenPtr& targets);
  void check_parallel(const Token& token, const Step& step);
  void read_uses(Step& step, const TokenPtr& value);
  static std::string default_id(const Step& step);
  static TokenPtr default_name(const Step& step);

  void error(const Token& token, std::string code, std::string message) {
    diagnostics_.error(token.source, token.span, std::move(code), std::move(message));
  }

  schema::Names condition_;
  Diagnostics& diagnostics_;
  IdBuilder ids_;
  std::set<std::string> authors_ids_;  // of the steps so far
};

Step StepReader::read_step(const Token& token) {
  Step step;
  step.span = token.span;
  TokenPtr condition;
  for (const auto& [key, value] : token.entries) {
    const auto name = text_of(key);
    if (name == "if") {
      condition = value;
    } else if (name == "id") {
      step.id = text_of(value);
      const auto message = ids_.add(step.id);
      if (!message.empty()) {
        error(*value, "id", message);
      } else {
        authors_ids_.insert(step.id);
      }
    } else {
      read_value(step, name, value);
    }
  }
  if (step.kind == Step::Kind::run || step.kind == Step::Kind::uses) {
    step.condition = read_condition(condition, condition_);
  }
  check_parallel(token, step);
  if (!step.name) step.name = default_name(step);
  return step;
}

/// A step can wait for, or cancel, a step before it that has an id.
void StepReader::check_targets(const Step& step, const TokenPtr& targets) {
  const auto check = [&](const TokenPtr& target) {
    const auto id = text_of(target);
    if (id.starts_with("__")) {
      error(
          *target,
          "id",
          fmt::format("The identifier '{}' is invalid. IDs starting with '__' are reserved.", id));
    } else if (!step.id.empty() && compare_ignoring_case(id, step.id) == 0) {
      error(*target, "id", fmt::format("Step '{}' cannot reference itself", step.id));
    } else if (!authors_ids_.count(id)) {
      error(*target, "id", fmt::format("Step references unknown step ID '{}'", id));
    }
  };
  if (targets->kind == Token::Kind::string) check(targets);
  for (const auto& item : targets->items) check(item);
}

void StepReader::check_parallel(const Token& token, const Step& step) {
  for (const auto& inner : step.parallel) {
    if (inner.has_background) {
      error(
          token,
          "parallel",
          "'background' is not allowed inside a parallel block. Steps in a parallel block are "
          "automatically run as background steps.");
    }
    switch (inner.kind) {
      case Step::Kind::wait:
        error(token, "parallel", "'wait' is not allowed inside a parallel block.");
        break;
      case Step::Kind::wait_all:
        error(token, "parallel", "'wait-all' is not allowed inside a parallel block.");
        break;
      case Step::Kind::cancel:
        error(token, "parallel", "'cancel' is not allowed inside a parallel block.");
        break;
      case Step::Kind::parallel:
        error(token, "parallel", "Nested 'parallel' blocks are not allowed.");
        break;
      default:
        break;
    }
  }
}

bool StepReader::read_value(Step& step, std::string_view name, const TokenPtr& value) {
  const auto take = [&](TokenPtr& member) {
    member = value;
    return true;
  };
  const auto become = [&](Step::Kind kind) {
    step.kind = kind;
    return true;
  };
  if (name == "name") return take(step.name);
  if (name == "run") return take(step.run);
  if (name == "shell") return take(step.shell);
  if (name == "working-directory") return take(step.working_directory);
  if (name == "with") return take(step.with);
  if (name == "env") return take(step.env);
  if (name == "continue-on-error") return take(step.continue_on_error);
  if (name == "timeout-minutes") return take(step.timeout_minutes);
  if (name == "background") {
    step.background = value->boolean;
    step.has_background = true;
    return true;
  }
  if (name == "uses") {
    read_uses(step, value);
    return become(Step::Kind::uses);
  }
  if (name == "wait" || name == "cancel") {
    if (value->kind == Token::Kind::string) step.targets.push_back(value->text);
    for (const auto& item : value->items) step.targets.push_back(text_of(item));
    step.targets_token = value;
    check_targets(step, value);
    return become(name == "wait" ? Step::Kind::wait : Step::Kind::cancel);
  }
  if (name == "wait-all") {
    if (value->kind == Token::Kind::boolean && !value->boolean) {
      error(*value, "wait-all", "The value of 'wait-all' must be true or omitted");
    }
    return become(Step::Kind::wait_all);
  }
  if (name == "parallel") {
    // A scope of its own: GitHub makes the ids of these steps anew.
    step.parallel = read_steps(*value, condition_, diagnostics_);
    return become(Step::Kind::parallel);
  }
  return false;
}

void StepReader::read_uses(Step& step, const TokenPtr& value) {
  step.uses = text_of(value);
  step.uses_span = value->span;
  if (value->source) {
    const auto& source = *value->source;
    const auto at = value->span.begin;
    const auto column = source.offset(at) - source.offset({at.line, 1}) + 1;
    step.uses_comment = uses_comment(source.line(at.line), column);
  }
  if (step.uses.empty() || parse_uses(step.uses)) return;
  auto& finding = diagnostics_.error(
      value->source,
      value->span,
      "uses",
      fmt::format("Expected format {{org}}/{{repo}}[/path]@ref. Actual '{}'", step.uses));
  finding.help =
      step.uses.find('@') == std::string::npos
          ? fmt::format(
                "name a version, such as `{}@v4`; an action of this repository begins with `./`",
                step.uses)
          : "an action is `owner/repository[/path]@version`, `./path` or `docker://image`";
}

std::string StepReader::default_id(const Step& step) {
  switch (step.kind) {
    case Step::Kind::wait:
      return "wait";
    case Step::Kind::wait_all:
      return "wait-all";
    case Step::Kind::cancel:
      return "cancel";
    case Step::Kind::parallel:
      return "parallel";
    case Step::Kind::run:
      return "run";
    case Step::Kind::uses:
      break;
  }
  const auto reference = parse_uses(step.uses);
  if (!reference) return "run";
  switch (reference->kind) {
    case UsesReference::Kind::docker:
      return reference->image;
    case UsesReference::Kind::local:
    case UsesReference::Kind::self:
      return "self";
    case UsesReference::Kind::remote:
      return reference->full_name();
  }
  return "run";
}

/// Steps that run nothing of their own have a name all the same.
TokenPtr StepReader::default_name(const Step& step) {
  auto name = std::make_shared<Token>();
  name->kind = Token::Kind::string;
  switch (step.kind) {
    case Step::Kind::wait:
      name->text = "Wait";
      break;
    case Step::Kind::wait_all:
      name->text = "Wait for all";
      break;
    case Step::Kind::cancel:
      name->text = "Cancel";
      break;
    case Step::Kind::parallel:
      name->text = "Parallel group";
      break;
    default:
      return nullptr;
  }
  return name;
}

}  // namespace

std::vector<Step> read_steps(
    const Token& steps, schema::Names condition, Diagnostics& diagnostics) {
  StepReader reader(condition, diagnostics);
  auto read = reader.read(steps);
  reader.name_steps(read, steps.source);
  return read;
}

}  // namespace crun::workflow
