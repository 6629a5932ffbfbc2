// Follows the names of paths filters through a workflow: from the step that matches them, through
// outputs of steps and jobs, to the matrix of another job and the paths that it builds from them.
#pragma once

#include <string>
#include <vector>

#include "workflow/lint/survey.hpp"

namespace crun::workflow {

/// One filter: its name and the patterns below it (aliases included).
struct FilterName {
  std::string name;
  SourcePtr source;  // the filters file, or the workflow
  Span span;
  std::vector<std::string> patterns;
};

/// A step's output that a script writes with the list of names in it.
struct NamesOutput {
  const Step* step = nullptr;
  std::size_t offset = 0;  // in the script, of the expression or variable
  std::string name;
};

/// A vector of a matrix whose values are the names.
struct NamesVector {
  const Job* job = nullptr;
  std::string name;
  const Token* token = nullptr;
};

struct FilterFlow {
  const Job* job = nullptr;
  const Step* step = nullptr;  // of the paths filter
  std::vector<FilterName> filters;
  std::vector<NamesOutput> outputs;
  std::vector<std::string> job_outputs;
  std::vector<NamesVector> vectors;

  /// The step's output with the list of names as JSON, folded: "STEPS.FILTER.OUTPUTS.CHANGES".
  std::string source_path() const;
  /// Does this expression give the list of names as JSON, straight from the step?
  bool is_source(const Expression& expression) const;
};

std::vector<FilterFlow> find_filter_flows(const Survey& survey);

}  // namespace crun::workflow
