// Findings beyond the schema: what GitHub would accept or only refuse later, and what will hurt.
// Pure: what must be looked up outside the text (files, tags, pins) is handed in as facts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// What is known of a well-known action: its tags and the commits they name.
struct ActionPin {
  std::string action;  // "actions/checkout"
  std::string tag;     // "v4.2.2"
  std::string commit;  // 40 hex digits
};

/// The repository as the lint may look at it. Functions may be empty: then the finding is not made.
struct ProjectFacts {
  /// Text of a file of the repository, by its path from the root.
  std::function<SourcePtr(const std::string& path)> read_file;
  std::function<bool(const std::string& path)> is_directory;
  std::function<std::vector<std::string>()> tags;  // of the repository, short names
  /// All pins of an action, newest first; empty when the action is not well known.
  std::function<std::vector<ActionPin>(const std::string& action)> pins;
  /// Is this action built in, overridden or otherwise available without the network?
  std::function<bool(const std::string& uses)> action_available;
};

/// Checks a workflow and the local actions and files it uses. Errors are those that would fail for
/// certain; the rest are warnings.
void lint(const Workflow& workflow, const ProjectFacts& facts, Diagnostics& diagnostics);

}  // namespace crun::workflow
