#include "workflow/model/settings_reader.hpp"

#include <algorithm>

#include "workflow/plan/condition.hpp"

namespace crun::workflow {

namespace {

constexpr std::size_t longest_group = 400;

}  // namespace

std::string text_of(const TokenPtr& token) {
  return token && token->kind == Token::Kind::string ? token->text : std::string();
}

bool is_expression(const TokenPtr& token) {
  return token && (token->kind == Token::Kind::expression || token->kind == Token::Kind::insert);
}

bool has_expressions(const TokenPtr& token) {
  if (!token) return false;
  if (is_expression(token)) return true;
  return std::any_of(token->items.begin(), token->items.end(), has_expressions) ||
         std::any_of(token->entries.begin(), token->entries.end(), [](const auto& entry) {
           return has_expressions(entry.first) || has_expressions(entry.second);
         });
}

Permissions read_permissions(const Token& token) {
  Permissions permissions;
  permissions.span = token.span;
  permissions.all = token.kind == Token::Kind::string ? token.text : std::string();
  for (const auto& [key, value] : token.entries) {
    permissions.scopes.emplace_back(text_of(key), text_of(value));
  }
  return permissions;
}

Concurrency read_concurrency(const TokenPtr& token, Diagnostics& diagnostics) {
  Concurrency concurrency;
  concurrency.span = token->span;
  concurrency.token = token;
  if (token->kind != Token::Kind::mapping) {
    concurrency.group = token;
  }
  for (const auto& [key, value] : token->entries) {
    const auto name = text_of(key);
    if (name == "group") concurrency.group = value;
    if (name == "cancel-in-progress") concurrency.cancel_in_progress = value;
    if (name == "queue") concurrency.queue = value;
  }
  if (text_of(concurrency.group).size() > longest_group) {
    diagnostics.error(
        token->source,
        token->span,
        "concurrency",
        "Concurrency group name must be less than 400 characters");
  }
  return concurrency;
}

RunDefaults read_run_defaults(const TokenPtr& defaults) {
  RunDefaults read;
  read.token = defaults;
  const auto* run = defaults ? defaults->find("run") : nullptr;
  if (!run) return read;
  for (const auto& [key, value] : run->entries) {
    const auto name = text_of(key);
    if (name == "shell") read.shell = value;
    if (name == "working-directory") read.working_directory = value;
  }
  return read;
}

Condition read_condition(const TokenPtr& token, schema::Names names) {
  const auto& known = schema::expression_names(names);
  if (!token) return make_condition({}, {}, known);
  try {
    auto condition = make_condition(token->text, token->span, known);
    // Text around `${{ }}` makes a format() that nobody wrote.
    const bool mixed = is_expression(token) && condition.text.starts_with("format(") &&
                       token->raw.find(condition.text) == std::string::npos;
    if (mixed) condition.text = token->raw;
    return condition;
  } catch (const ExpressionError&) {
    return make_condition({}, token->span, known);  // told when the token was read
  }
}

}  // namespace crun::workflow
