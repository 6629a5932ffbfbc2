// A workflow as GitHub reads it: plain structs; whatever may hold an expression is a Token that is
// evaluated when its time comes. A null TokenPtr is a key that was not written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workflow/expression/token.hpp"
#include "workflow/model/trigger.hpp"
#include "workflow/source/source_file.hpp"
#include "workflow/source/span.hpp"

namespace crun::workflow {

/// `if:` with GitHub's fix-up applied: `${{ }}` optional, empty is success(), and a condition that
/// calls no status function becomes `success() && (...)`.
struct Condition {
  Span span;
  std::string text;  // as written, for reasons that people read; empty when not written
  Expression expression;
};

struct RunDefaults {
  TokenPtr shell;
  TokenPtr working_directory;
  TokenPtr token;  // all of `defaults`, as written
};

struct Step {
  enum class Kind { run, uses, wait, wait_all, cancel, parallel };

  Kind kind = Kind::run;
  Span span;
  /// The author's id, or GitHub's generated one: "__run", "__actions_checkout", "__run_2".
  std::string id;
  TokenPtr name;
  /// Always there for run and uses steps: success() if nothing is written.
  std::optional<Condition> condition;
  TokenPtr run;
  TokenPtr shell;
  TokenPtr working_directory;
  std::string uses;
  Span uses_span;
  std::string uses_comment;  // text after `#` on the line of `uses`, "v4.2.2"
  TokenPtr with;             // mapping
  TokenPtr env;              // mapping, or an expression
  TokenPtr continue_on_error;
  TokenPtr timeout_minutes;
  bool background = false;
  bool has_background = false;       // `background` is written, be it false
  std::vector<std::string> targets;  // of wait and cancel
  TokenPtr targets_token;
  std::vector<Step> parallel;

  bool has_author_id() const { return !id.starts_with("__"); }
};

struct Strategy {
  Span span;
  TokenPtr matrix;
  TokenPtr fail_fast;
  TokenPtr max_parallel;
  TokenPtr token;  // all of it, as written; it may be an expression
};

struct Concurrency {
  Span span;
  TokenPtr group;
  TokenPtr cancel_in_progress;
  TokenPtr queue;
  TokenPtr token;  // all of it, as written
};

struct Permissions {
  Span span;
  /// "read-all", "write-all" or empty; then `scopes` counts.
  std::string all;
  std::vector<std::pair<std::string, std::string>> scopes;
};

struct Need {
  std::string job;
  Span span;
};

struct Job {
  std::string id;
  Span span;  // of the key
  TokenPtr name;
  std::vector<Need> needs;
  /// Always there: success() if nothing is written.
  std::optional<Condition> condition;
  std::optional<Strategy> strategy;
  TokenPtr runs_on;
  TokenPtr environment;
  std::optional<Concurrency> concurrency;
  TokenPtr container;
  TokenPtr services;
  TokenPtr env;
  TokenPtr outputs;  // mapping
  RunDefaults defaults;
  TokenPtr continue_on_error;
  TokenPtr timeout_minutes;
  TokenPtr cancel_timeout_minutes;
  std::optional<Permissions> permissions;
  TokenPtr snapshot;
  std::vector<Step> steps;

  /// A call of a reusable workflow: `uses` is not empty and there are no steps.
  std::string uses;
  Span uses_span;
  TokenPtr with;
  TokenPtr secrets;
  bool inherit_secrets = false;
};

struct Workflow {
  SourcePtr source;
  std::string name;  // empty when not written: GitHub shows the path then
  TokenPtr run_name;
  On on;
  TokenPtr env;
  RunDefaults defaults;
  std::optional<Permissions> permissions;
  std::optional<Concurrency> concurrency;
  std::vector<Job> jobs;  // in the order of the file

  /// By id, ignoring case; null when there is none.
  const Job* find_job(std::string_view id) const;
};

using WorkflowPtr = std::shared_ptr<const Workflow>;

}  // namespace crun::workflow
