// action.yml: what a local or remote action takes, gives and runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

struct ActionInput {
  std::string name;
  Span span;
  std::string description;
  bool required = false;
  TokenPtr default_value;  // null when absent
  std::string deprecation_message;
};

struct ActionOutput {
  std::string name;
  TokenPtr value;  // of composite actions
};

struct Action {
  enum class Kind { composite, node, docker };

  SourcePtr source;
  std::string name;
  std::string description;
  std::vector<ActionInput> inputs;
  std::vector<ActionOutput> outputs;
  Kind kind = Kind::composite;
  std::string using_;  // "composite", "node20", "docker"

  std::vector<Step> steps;  // composite

  std::string main, pre, post;  // node: files relative to the action
  std::optional<Condition> pre_if, post_if;

  std::string image, entrypoint, pre_entrypoint, post_entrypoint;  // docker
  TokenPtr args;
  TokenPtr env;

  const ActionInput* find_input(std::string_view name) const;  // ignoring case
};

using ActionPtr = std::shared_ptr<const Action>;

struct ActionReaderOptions {
  /// As GitHub's editor reads: name and description are required, unknown keys refused. The runner
  /// reads over both.
  bool strict = false;
};

/// Reads action.yml or action.yaml. The model is null when a finding is an error.
ActionPtr read_action(
    const SourcePtr& source, Diagnostics& diagnostics, const ActionReaderOptions& options = {});

}  // namespace crun::workflow
