// A repository in memory for tests of the lint: files by path, tags, and a small table of pins.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "workflow/lint/lint.hpp"
#include "workflow/model/workflow_reader.hpp"

namespace crun::workflow {

struct Project {
  std::map<std::string, std::string> files;
  std::vector<std::string> tags;
  std::vector<ActionPin> pins;
  std::vector<std::string> available = {"actions/", "docker/", "dorny/"};

  ProjectFacts facts() const {
    ProjectFacts out;
    out.read_file = [this](const std::string& path) -> SourcePtr {
      const auto found = files.find(path);
      return found == files.end() ? nullptr
                                  : std::make_shared<const SourceFile>(path, found->second);
    };
    out.is_directory = [this](const std::string& path) {
      return std::any_of(files.begin(), files.end(), [&](const auto& file) {
        return file.first.starts_with(path + "/");
      });
    };
    out.tags = [this] { return tags; };
    out.pins = [this](const std::string& action) {
      std::vector<ActionPin> found;
      for (const auto& pin : pins) {
        if (pin.action == action) found.push_back(pin);
      }
      return found;
    };
    out.action_available = [this](const std::string& uses) {
      return std::any_of(available.begin(), available.end(), [&](const std::string& prefix) {
        return uses.starts_with(prefix);
      });
    };
    return out;
  }

  /// The findings for a workflow of this repository, sorted.
  Diagnostics lint(const std::string& text) const {
    const auto source = std::make_shared<const SourceFile>("ci.yml", text);
    Diagnostics diagnostics;
    WorkflowReaderOptions options;
    options.keep_going = true;
    const auto workflow = read_workflow(source, diagnostics, options);
    if (workflow) workflow::lint(*workflow, facts(), diagnostics);
    diagnostics.sort();
    return diagnostics;
  }
};

/// The only finding with this code; fails if there is none or more than one.
inline Diagnostic only(const Diagnostics& diagnostics, const std::string& code) {
  std::vector<Diagnostic> found;
  for (const auto& each : diagnostics.all()) {
    if (each.code == code) found.push_back(each);
  }
  INFO(render(diagnostics));
  REQUIRE(found.size() == 1);
  return found.front();
}

}  // namespace crun::workflow
