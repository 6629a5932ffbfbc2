#include "runner/engine/find_workflow.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

#include <unistd.h>

#include "executor/error.hpp"
#include "runner/cli/usage_error.hpp"
#include "workflow/source/diagnostic.hpp"
#include "workflow/source/spelling.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::runner {

namespace {

namespace fs = std::filesystem;
using executor::git::Repository;

constexpr const char* folder = ".github/workflows";

bool is_workflow_name(const fs::path& name) {
  return name.extension() == ".yml" || name.extension() == ".yaml";
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// Relative to the root if it lies below it, else absolute.
std::string shown_path(const Repository& repository, const fs::path& file) {
  const auto absolute = fs::weakly_canonical(file);
  const auto relative = absolute.lexically_relative(fs::weakly_canonical(repository.root()));
  return relative.empty() || *relative.begin() == ".." ? absolute.string() : relative.string();
}

std::optional<std::string> read_working_tree(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

std::optional<std::string> read_text(
    const Repository& repository, const WorkflowFile& workflow, const std::string& commit) {
  if (!commit.empty()) {
    if (auto text = repository.read_file(commit, workflow.path)) return text;
  }
  if (auto text = read_working_tree(workflow.file)) return text;
  const auto head = repository.head().commit;
  return head.empty() || is_file(workflow.file) ? std::nullopt
                                                : repository.read_file(head, workflow.path);
}

/// `name:` of a workflow, or '' also when the text is broken: this is about finding only.
std::string name_in(const std::string& text) {
  workflow::Diagnostics ignored;
  const auto source = std::make_shared<const workflow::SourceFile>("", text);
  const auto root = workflow::read_yaml(source, ignored);
  const auto* name = root ? root->find("name") : nullptr;
  return name && name->is_scalar() ? name->text : "";
}

std::string list(const std::vector<WorkflowFile>& workflows) {
  std::string lines;
  for (const auto& workflow : workflows) lines += "\n  " + workflow.path;
  return lines;
}

WorkflowFile the_only_one(const std::vector<WorkflowFile>& workflows) {
  if (workflows.size() == 1) return workflows.front();
  if (workflows.empty()) {
    throw UsageError(
        "there is no workflow in " + std::string(folder), "name a file: crun run PATH");
  }
  throw UsageError("there are several workflows:" + list(workflows), "name one: crun run NAME");
}

std::optional<WorkflowFile> by_path(const Repository& repository, const WorkflowQuery& query) {
  for (const auto& start : {query.current_folder, query.directory, repository.root()}) {
    const auto file = start / query.name;
    if (!start.empty() && is_file(file)) return WorkflowFile{shown_path(repository, file), file};
  }
  return std::nullopt;
}

[[noreturn]] void refuse(
    const std::string& name,
    const std::vector<WorkflowFile>& workflows,
    const std::multimap<std::string, WorkflowFile>& by_name) {
  std::vector<std::string> candidates;
  for (const auto& workflow : workflows) {
    const fs::path path = workflow.path;
    candidates.insert(candidates.end(), {path.string(), path.filename(), path.stem()});
  }
  for (const auto& entry : by_name) candidates.push_back(entry.first);
  std::string cure = "crun list shows the workflows";
  if (const auto near = workflow::nearest(name, candidates)) {
    cure = "did you mean " + *near + "?";
    for (const auto& workflow : workflows) {
      const fs::path path = workflow.path;
      if (path.stem() == *near) cure = "did you mean " + path.filename().string() + "?";
    }
  }
  throw UsageError("no workflow is called " + name, cure);
}

}  // namespace

std::vector<WorkflowFile> workflow_files(const Repository& repository, const std::string& commit) {
  std::map<std::string, WorkflowFile> found;
  const auto root = repository.root();
  const auto add = [&](const fs::path& name) {
    const auto path = fs::path(folder) / name;
    if (is_workflow_name(name)) found.try_emplace(path.string(), WorkflowFile{path, root / path});
  };
  std::error_code absent;
  const bool bare = !fs::exists(root / ".git", absent);
  for (const auto& entry : fs::directory_iterator(root / folder, absent)) {
    if (is_file(entry.path())) add(entry.path().filename());
  }
  if (bare && !repository.head().commit.empty()) {
    for (const auto& name : repository.list_folder("HEAD", folder)) add(name);
  }
  if (!commit.empty()) {
    for (const auto& name : repository.list_folder(commit, folder)) add(name);
  }
  std::vector<WorkflowFile> files;
  for (auto& entry : found) files.push_back(std::move(entry.second));
  return files;
}

WorkflowFile find_workflow(const Repository& repository, const WorkflowQuery& query) {
  if (!query.name.empty()) {
    if (auto found = by_path(repository, query)) return *found;
  }
  const auto workflows = workflow_files(repository, query.commit);
  if (query.name.empty()) return the_only_one(workflows);
  for (const auto& workflow : workflows) {
    const fs::path path = workflow.path;
    if (path == fs::path(query.name).lexically_normal() || path.filename() == query.name) {
      return workflow;
    }
  }
  std::multimap<std::string, WorkflowFile> by_name;
  for (const auto& workflow : workflows) {
    const auto text = read_text(repository, workflow, query.commit);
    if (const auto name = text ? name_in(*text) : ""; !name.empty())
      by_name.emplace(name, workflow);
  }
  const auto [begin, end] = by_name.equal_range(query.name);
  if (begin == end) refuse(query.name, workflows, by_name);
  if (std::next(begin) == end) return begin->second;
  std::vector<WorkflowFile> same;
  for (auto at = begin; at != end; ++at) same.push_back(at->second);
  throw UsageError("several workflows are called " + query.name + ":" + list(same), "name a file");
}

workflow::SourcePtr read_workflow_text(
    const Repository& repository, const WorkflowFile& workflow, const std::string& commit) {
  auto text = read_text(repository, workflow, commit);
  if (!text) {
    const bool readable = ::access(workflow.file.c_str(), R_OK) == 0;
    const int why = readable ? EIO : errno;
    throw UsageError(
        "cannot read " + workflow.file.string() + ": " + executor::system_error_text(why));
  }
  return std::make_shared<const workflow::SourceFile>(workflow.path, std::move(*text));
}

}  // namespace crun::runner
