// `if:` of jobs and steps: the implicit success(), the status functions, and a reason for people.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/expression/expression.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::workflow {

/// Applies GitHub's fix-up to a condition as written (empty: success()). Throws ExpressionError.
Condition make_condition(std::string text, Span span, const ExpressionNames& names);

enum class Conclusion { success, failure, cancelled, skipped };

std::string_view to_string(Conclusion conclusion);

/// The results of all jobs that a job needs, directly or not, as dependants see them. Summed up, so
/// that nobody walks a large graph for each of its jobs.
struct AncestorResults {
  bool all_succeeded = true;
  bool any_failed = false;
  /// One by one, by job id: only for success('build') and failure('build'). May be empty.
  std::function<std::map<std::string, Conclusion>()> each;

  /// A job that is needed, and what is known of its own ancestors.
  void add(Conclusion result, const AncestorResults& before);
};

/// success(), failure(), cancelled(), always() for a job: over the results of its ancestors, and
/// whether the run is cancelled.
std::map<std::string, Function> job_status_functions(AncestorResults ancestors, bool run_cancelled);

/// The same for a step: over the job's status so far. Within a composite action success() and
/// failure() look at the action's own status, cancelled() at the job's.
std::map<std::string, Function> step_status_functions(
    Conclusion job_status, std::optional<Conclusion> action_status = std::nullopt);

struct Decision {
  bool runs = false;
  /// Why it does not run, with the values that decided:
  /// "if: needs.filter.outputs.services != '[]' is false (needs.filter.outputs.services = '[]')".
  std::string reason;
};

/// Evaluates a condition. Throws EvaluationError.
Decision decide(const Condition& condition, const Scope& scope);

/// Why a condition is true or false, with the values that it reads: "if: github.ref == 'x' is true
/// (github.ref = 'X')". With `shown` only the values of those paths.
std::string reason_of(
    const Condition& condition,
    const Scope& scope,
    bool holds,
    const std::function<bool(std::string_view)>& shown = {});

/// A condition as it can be shown in a sentence: a folded or literal block may have line breaks.
std::string one_line(std::string_view text);

}  // namespace crun::workflow
