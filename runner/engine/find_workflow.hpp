// Which workflow does a name on the command line mean, and which text of it counts?
//
// A name is a path from the current folder, else from --directory or the repository's root, else a
// file name in .github/workflows, else a workflow's `name:`. Sub-folders of .github/workflows hold
// no workflows.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/git/repository.hpp"
#include "workflow/source/source_file.hpp"

namespace crun::runner {

struct WorkflowQuery {
  std::string name;                      // as written; empty: the only one
  std::filesystem::path current_folder;  // where the user stands
  std::filesystem::path directory;       // --directory, absolute; may be empty
  std::string commit;                    // of --ref: workflows that only it has are found too
};

struct WorkflowFile {
  std::string path;            // what people and github.workflow_ref see: relative to the root
  std::filesystem::path file;  // in the working tree; need not exist when a commit has it
};

/// The repository's workflows in order of their paths: of the working tree, or of HEAD in a bare
/// repository; with those of `commit` if it is not empty.
std::vector<WorkflowFile> workflow_files(
    const executor::git::Repository& repository, const std::string& commit = {});

/// Throws UsageError: none, several, or nothing of that name.
WorkflowFile find_workflow(const executor::git::Repository& repository, const WorkflowQuery& query);

/// The text at `commit` if it is not empty and has the file, else of the working tree. GitHub takes
/// the commit's; a local run at HEAD takes what the user sees. Throws UsageError.
workflow::SourcePtr read_workflow_text(
    const executor::git::Repository& repository,
    const WorkflowFile& workflow,
    const std::string& commit = {});

}  // namespace crun::runner
