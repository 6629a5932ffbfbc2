// `on:` as written: which events, with which filters and inputs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workflow/expression/token.hpp"
#include "workflow/source/span.hpp"

namespace crun::workflow {

struct FilterPattern {
  std::string text;
  Span span;
};

/// An input of workflow_dispatch or workflow_call.
struct InputDefinition {
  enum class Type { string, boolean, number, choice, environment };

  std::string name;
  Span span;
  std::string description;
  Type type = Type::string;
  bool required = false;
  TokenPtr default_value;  // null when absent
  std::vector<std::string> options;
};

struct SecretDefinition {
  std::string name;
  Span span;
  std::string description;
  bool required = false;
};

struct OutputDefinition {
  std::string name;
  Span span;
  std::string description;
  TokenPtr value;
};

struct Schedule {
  std::string cron;
  std::string timezone;
  Span span;
};

/// One event of `on`. A filter that is not written is nullopt; an empty list is written but empty.
struct EventTrigger {
  using Patterns = std::optional<std::vector<FilterPattern>>;

  std::string name;
  Span span;
  Patterns branches, branches_ignore, tags, tags_ignore, paths, paths_ignore;
  Patterns types, workflows;
  Patterns names, versions;  // of image_version
  std::vector<InputDefinition> inputs;
  std::vector<SecretDefinition> secrets;
  std::vector<OutputDefinition> outputs;
  std::vector<Schedule> schedules;
  TokenPtr token;  // all of it, as written; null without a value of its own
};

struct On {
  Span span;
  std::vector<EventTrigger> events;

  const EventTrigger* find(std::string_view event) const;
};

}  // namespace crun::workflow
