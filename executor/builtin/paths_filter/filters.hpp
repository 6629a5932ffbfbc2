// The filters of paths-filter: names, each with patterns and the kinds of change they are about
// (docker-actions.md 7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/builtin/paths_filter/picomatch.hpp"

namespace crun::executor::builtin {

struct ChangedFile {
  std::string path;
  std::string status;  // added, copied, deleted, modified, renamed, unmerged; else "undefined"
};

/// A file matches when one of the globs does.
struct FilterRule {
  std::optional<std::vector<std::string>> statuses;  // none: any
  std::vector<Glob> globs;

  bool matches(const ChangedFile& file) const;
};

/// Must some rule match a file, or every one?
enum class Quantifier { some, every };

struct Filter {
  std::string name;
  std::vector<FilterRule> rules;

  bool matches(const ChangedFile& file, Quantifier quantifier) const;
};

/// In the order in which results are listed. Throws Failed.
std::vector<Filter> parse_filters(const std::string& yaml);

}  // namespace crun::executor::builtin
