// The input `tags` of docker/metadata-action: rules such as `type=semver,pattern={{version}}`
// (docker-actions.md 2.5), in the order in which they are tried.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/builtin/metadata/features.hpp"

namespace crun::executor::builtin {

struct TagRule {
  enum class Type { schedule, semver, pep440, match, edge, ref, raw, sha };

  Type type = Type::raw;
  /// In the order of the text, defaults behind them. Unknown ones are kept and do nothing.
  std::vector<std::pair<std::string, std::string>> attributes;

  /// The value, or null.
  const std::string* find(std::string_view name) const;
  /// The value, or ''.
  const std::string& get(std::string_view name) const;
  /// "type=ref,event=branch,enable=true,priority=600", as the log shows it.
  std::string text() const;
};

/// Throws Failed.
TagRule parse_tag_rule(const std::string& line, const MetadataFeatures& features);

/// Without lines the default rules. Sorted by priority, the highest first.
std::vector<TagRule> parse_tag_rules(
    const std::vector<std::string>& lines, const MetadataFeatures& features);

}  // namespace crun::executor::builtin
