#include "workflow/lint/taskfile.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "workflow/lint/repository_path.hpp"
#include "workflow/trigger/pattern.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::workflow {

namespace {

using ReadFile = std::function<SourcePtr(const std::string&)>;

constexpr std::array<const char*, 8> file_names = {
    "Taskfile.yml",
    "taskfile.yml",
    "Taskfile.yaml",
    "taskfile.yaml",
    "Taskfile.dist.yml",
    "taskfile.dist.yml",
    "Taskfile.dist.yaml",
    "taskfile.dist.yaml"};

struct Found {
  std::string path;
  SourcePtr source;
};

std::optional<Found> taskfile_in(const std::string& folder, const ReadFile& read_file) {
  for (const auto* name : file_names) {
    auto path = join_path(folder, name);
    if (auto source = read_file(path)) return Found{std::move(path), std::move(source)};
  }
  return std::nullopt;
}

class TaskNamesReader {
 public:
  explicit TaskNamesReader(const ReadFile& read_file) : read_file_(read_file) {}

  TaskNames read(const Found& file) {
    names_.source = file.source;
    add_file(file, "");
    return std::move(names_);
  }

 private:
  void unknown(const std::string& space) { names_.unknown.push_back(space); }

  void add_file(const Found& file, const std::string& space) {
    const bool again = std::find(open_.begin(), open_.end(), file.path) != open_.end();
    Diagnostics ignored;  // go-task tells what is wrong with its files
    const auto root = again || open_.size() > 20 ? nullptr : read_yaml(file.source, ignored);
    if (!root) return unknown(space);
    open_.push_back(file.path);
    if (const auto* tasks = root->find("tasks")) add_tasks(*tasks, space);
    if (const auto* includes = root->find("includes")) {
      for (const auto& entry : includes->entries)
        add_include(file.path, *entry.key, *entry.value, space);
    }
    open_.pop_back();
  }

  void add_tasks(const Node& tasks, const std::string& space) {
    for (const auto& entry : tasks.entries) {
      add_name(space, entry.key->text);
      if (const auto* aliases = entry.value->find("aliases")) {
        for (const auto& alias : aliases->items) add_name(space, alias->text);
      }
    }
  }

  void add_name(const std::string& space, const std::string& name) {
    names_.names.push_back(space + name);
    // A namespace alone is its task `default`.
    if (name == "default" && !space.empty())
      names_.names.push_back(space.substr(0, space.size() - 1));
  }

  void add_include(
      const std::string& from, const Node& key, const Node& value, const std::string& space) {
    const auto* target = value.is_scalar() ? &value : value.find("taskfile");
    const auto* flatten = value.find("flatten");
    const auto inner = flatten && flatten->boolean ? space : space + key.text + ":";
    const auto file = target ? included_file(from, target->text) : std::nullopt;
    if (!file) return unknown(inner);
    add_file(*file, inner);
    const auto* aliases = value.find("aliases");
    if (!aliases) return;
    for (const auto& alias : aliases->items) add_file(*file, space + alias->text + ":");
  }

  std::optional<Found> included_file(const std::string& from, const std::string& target) const {
    const bool computed =
        target.find("{{") != std::string::npos || target.find("://") != std::string::npos;
    const auto path = computed ? std::nullopt : resolve_path(folder_of(from), target);
    if (!path) return std::nullopt;
    if (auto source = read_file_(*path)) return Found{*path, std::move(source)};
    return taskfile_in(*path, read_file_);
  }

  const ReadFile& read_file_;
  TaskNames names_;
  std::vector<std::string> open_;  // files being read, for includes that come back
};

}  // namespace

bool TaskNames::may_have(std::string_view task) const {
  const bool hidden = std::any_of(unknown.begin(), unknown.end(), [&](const std::string& space) {
    return task.starts_with(space) || (!space.empty() && task == space.substr(0, space.size() - 1));
  });
  if (hidden) return true;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == task || (name.find('*') != std::string::npos && Pattern(name).matches(task));
  });
}

std::optional<TaskNames> read_task_names(const std::string& folder, const ReadFile& read_file) {
  for (std::string at = folder;; at = folder_of(at)) {
    if (const auto file = taskfile_in(at, read_file)) return TaskNamesReader(read_file).read(*file);
    if (at.empty()) return std::nullopt;
  }
}

}  // namespace crun::workflow
