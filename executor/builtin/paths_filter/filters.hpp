// The `filters` input: names with rules, and whether a set of changed files matches them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "executor/builtin/paths_filter/picomatch.hpp"

namespace crun::executor::builtin {

/// A file that changed, with git's word for it: added, copied, deleted, modified, renamed,
/// unmerged.
struct ChangedFile {
  std::string path;
  std::string status;
};

struct FilterRule {
  std::vector<std::string> statuses;  // empty: any
  Glob glob;
};

struct Filter {
  std::string name;
  std::vector<FilterRule> rules;
};

enum class Quantifier { some, every };

/// Reads the YAML of the filters: name -> pattern, list (nested lists are flattened, as anchors
/// make them) or mapping of statuses to patterns. `path` is what messages call the text. Throws
/// Failed with the original's texts.
std::vector<Filter> read_filters(const std::string& text, const std::string& path);

/// With `some` a file matches when any rule does, with `every` when all do.
std::vector<ChangedFile> matching_files(
    const Filter& filter, const std::vector<ChangedFile>& files, Quantifier quantifier);

}  // namespace crun::executor::builtin
