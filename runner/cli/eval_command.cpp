// `crun eval 'EXPR' [--context FILE]`: the value of an expression, for people and scripts.
//
// The text is what stands within `${{ }}`, or a text with `${{ }}` in it, which gives a string as
// it would in a workflow. Names are the members of FILE; one that is not there is an error, since
// null would be an answer to another question.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/commands.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "workflow/expression/json.hpp"
#include "workflow/expression/token.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::runner {

namespace {

using workflow::Value;

struct EvalArguments {
  std::string expression;
  std::vector<std::string> contexts;
};

std::string read_context_file(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  if (path != "-" && !file) {
    throw UsageError(fmt::format("--context {}: cannot be read", path), "");
  }
  std::istream& stream = path == "-" ? std::cin : file;
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Members of later files replace those of earlier ones.
workflow::Object read_contexts(const std::vector<std::string>& files) {
  workflow::Object contexts;
  for (const auto& path : files) {
    Value value;
    try {
      value = workflow::from_json(read_context_file(path));
    } catch (const workflow::JsonError& error) {
      throw UsageError(fmt::format("--context {}: {}", path, error.what()), "");
    }
    if (!value.is_object()) {
      throw UsageError(
          fmt::format("--context {}: an object is wanted", path),
          R"(its members are the contexts: {"github": {"ref": "refs/heads/main"}})");
    }
    for (const auto& [name, context] : value.object()) contexts.set(name, context);
  }
  return contexts;
}

/// Status functions answer as in a job in which nothing has failed.
workflow::ExpressionNames names_of(const workflow::Scope& scope) {
  workflow::ExpressionNames names;
  for (const auto& [name, value] : scope.contexts) names.contexts.push_back(name);
  for (const auto& [name, function] : scope.functions) names.functions.push_back({name, 0, 0});
  return names;
}

Value value_of(const std::string& text, const workflow::Scope& scope) {
  const auto names = names_of(scope);
  if (text.find("${{") == std::string::npos) {
    return evaluate(workflow::Expression::parse(text, names), scope);
  }
  const auto pieces = workflow::split_text(text, names);
  if (pieces.size() == 1 && pieces.front().expression) {
    return evaluate(*pieces.front().expression, scope);
  }
  std::string whole;
  for (const auto& piece : pieces) {
    whole += piece.expression ? evaluate(*piece.expression, scope).to_string() : piece.literal;
  }
  return whole;
}

/// The line of a message, and below it the text with a mark at the place. Positions count code
/// units as GitHub does; within `${{ }}` they are of that expression alone.
int tell(const std::string& text, const char* message, int position) {
  std::fputs(fmt::format("error: {}\n", message).c_str(), stderr);
  const bool one_line = text.find('\n') == std::string::npos;
  if (position > 0 && one_line && text.find("${{") == std::string::npos) {
    std::string blank;
    int units = 1;
    for (std::size_t at = 0; at < text.size() && units < position; ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if ((byte & 0xC0) == 0x80) continue;
      units += byte >= 0xF0 ? 2 : 1;
      blank += ' ';
    }
    std::fputs(fmt::format("  {}\n  {}^\n", text, blank).c_str(), stderr);
  }
  if (std::string_view(message).starts_with("Unrecognized named-value")) {
    std::fputs("  help: names are the members of the JSON files given by --context\n", stderr);
  }
  return exit_invalid;
}

int print_value(const EvalArguments& arguments) {
  workflow::Scope scope;
  scope.contexts = read_contexts(arguments.contexts);
  scope.functions = workflow::step_status_functions(workflow::Conclusion::success);
  try {
    const auto value = value_of(arguments.expression, scope);
    const auto text = value.is_string() ? value.string() : workflow::to_json(value);
    std::fputs((text + "\n").c_str(), stdout);
    return exit_success;
  } catch (const workflow::ExpressionError& error) {
    return tell(arguments.expression, error.what(), error.position());
  } catch (const workflow::EvaluationError& error) {
    return tell(arguments.expression, error.what(), 0);
  }
}

}  // namespace

void add_eval(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("eval", "the value of an expression");
  auto arguments = std::make_shared<EvalArguments>();
  command->add_option("expression", arguments->expression, "without ${{ }}, or a text with it")
      ->required();
  command
      ->add_option(
          "--context",
          arguments->contexts,
          "JSON file whose members are the contexts; - is standard input")
      ->allow_extra_args(false);
  command->footer(
      "Prints a string as it is, anything else as JSON. Exit code 2: the text is no expression, "
      "or\n"
      "it cannot be evaluated.");
  command->callback(
      [&chosen, arguments] { chosen.action = [arguments] { return print_value(*arguments); }; });
}

}  // namespace crun::runner
