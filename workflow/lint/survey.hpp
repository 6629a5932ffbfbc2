// Everything that the checks look at, read once: the steps of the workflow and, nested as they use
// each other, those of the local actions.
#pragma once

#include <string>
#include <vector>

#include "workflow/lint/lint.hpp"
#include "workflow/model/action.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::workflow {

/// A step and the file in which it is written.
struct SurveyedStep {
  const Step* step = nullptr;
  const Job* job = nullptr;  // of an action: the first job that uses it
  SourcePtr source;
  ActionPtr action;  // null when the step stands in the workflow itself
};

struct Survey {
  Survey(const Workflow& workflow, const ProjectFacts& facts, Diagnostics& diagnostics);

  /// A file of the repository, or null if there is none or files cannot be looked at.
  SourcePtr read(const std::string& path) const;

  const Workflow& workflow;
  const ProjectFacts& facts;
  Diagnostics& diagnostics;
  std::vector<SurveyedStep> steps;  // in the order in which they would run

 private:
  void add_steps(
      const std::vector<Step>& steps,
      const Job& job,
      const SourcePtr& source,
      const ActionPtr& action);
  void add_action(const std::string& path, const Job& job);

  std::vector<std::string> actions_;  // paths that were read, or found missing
};

}  // namespace crun::workflow
