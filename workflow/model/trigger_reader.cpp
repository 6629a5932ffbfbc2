#include "workflow/model/trigger_reader.hpp"

#include <string_view>
#include <utility>

#include "workflow/model/settings_reader.hpp"

namespace crun::workflow {

namespace {

std::vector<FilterPattern> read_patterns(const Token& token) {
  std::vector<FilterPattern> patterns;
  if (token.kind == Token::Kind::string) patterns.push_back({token.text, token.span});
  for (const auto& item : token.items) {
    if (item) patterns.push_back({text_of(item), item->span});
  }
  return patterns;
}

bool is_true(const Token* token) {
  return token && token->kind == Token::Kind::boolean && token->boolean;
}

InputDefinition::Type read_type(std::string_view name) {
  using Type = InputDefinition::Type;
  if (name == "boolean") return Type::boolean;
  if (name == "number") return Type::number;
  if (name == "choice") return Type::choice;
  if (name == "environment") return Type::environment;
  return Type::string;
}

InputDefinition read_input(const Token& key, const Token& definition) {
  InputDefinition input;
  input.name = key.text;
  input.span = key.span;
  for (const auto& [property, value] : definition.entries) {
    const auto name = text_of(property);
    if (name == "description") input.description = text_of(value);
    if (name == "type") input.type = read_type(text_of(value));
    if (name == "required") input.required = is_true(value.get());
    if (name == "default") input.default_value = value;
    if (name == "options") {
      for (const auto& option : value->items) input.options.push_back(text_of(option));
    }
  }
  return input;
}

SecretDefinition read_secret(const Token& key, const Token& definition) {
  SecretDefinition secret;
  secret.name = key.text;
  secret.span = key.span;
  for (const auto& [property, value] : definition.entries) {
    if (text_of(property) == "description") secret.description = text_of(value);
    if (text_of(property) == "required") secret.required = is_true(value.get());
  }
  return secret;
}

OutputDefinition read_output(const Token& key, const Token& definition) {
  OutputDefinition output;
  output.name = key.text;
  output.span = key.span;
  for (const auto& [property, value] : definition.entries) {
    if (text_of(property) == "description") output.description = text_of(value);
    if (text_of(property) == "value") output.value = value;
  }
  return output;
}

Schedule read_schedule(const Token& item) {
  Schedule schedule;
  schedule.span = item.span;
  for (const auto& [property, value] : item.entries) {
    if (text_of(property) == "cron") schedule.cron = text_of(value);
    if (text_of(property) == "timezone") schedule.timezone = text_of(value);
  }
  return schedule;
}

EventTrigger::Patterns* filter_of(EventTrigger& event, std::string_view name) {
  if (name == "branches") return &event.branches;
  if (name == "branches-ignore") return &event.branches_ignore;
  if (name == "tags") return &event.tags;
  if (name == "tags-ignore") return &event.tags_ignore;
  if (name == "paths") return &event.paths;
  if (name == "paths-ignore") return &event.paths_ignore;
  if (name == "types") return &event.types;
  if (name == "workflows") return &event.workflows;
  if (name == "names") return &event.names;
  if (name == "versions") return &event.versions;
  return nullptr;
}

EventTrigger read_event(const Token& key, const TokenPtr& definition) {
  EventTrigger event;
  event.name = key.text;
  event.span = key.span;
  event.token = definition;
  if (!definition) return event;
  for (const auto& item : definition->items) {
    if (item) event.schedules.push_back(read_schedule(*item));
  }
  for (const auto& [property, value] : definition->entries) {
    const auto name = text_of(property);
    if (auto* filter = filter_of(event, name)) {
      *filter = read_patterns(*value);
      continue;
    }
    for (const auto& [entry, described] : value->entries) {
      if (name == "inputs") event.inputs.push_back(read_input(*entry, *described));
      if (name == "secrets") event.secrets.push_back(read_secret(*entry, *described));
      if (name == "outputs") event.outputs.push_back(read_output(*entry, *described));
    }
  }
  return event;
}

}  // namespace

On read_on(const Token& token, Diagnostics&) {
  On on;
  on.span = token.span;
  if (token.kind == Token::Kind::string) on.events.push_back(read_event(token, nullptr));
  for (const auto& item : token.items) {
    if (item && item->kind == Token::Kind::string) {
      on.events.push_back(read_event(*item, nullptr));
    }
  }
  for (const auto& [key, value] : token.entries) on.events.push_back(read_event(*key, value));
  return on;
}

}  // namespace crun::workflow
