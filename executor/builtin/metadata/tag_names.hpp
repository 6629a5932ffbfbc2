// Which tags an image gets: the rules tried one after the other against the event.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/builtin/metadata/expressions.hpp"
#include "executor/builtin/metadata/images.hpp"
#include "executor/builtin/metadata/tag_rules.hpp"

namespace crun::executor::builtin {

struct TagNames {
  /// Of the first rule that gave something: the image's version. It alone decides about `latest`.
  std::optional<std::string> main;
  std::vector<std::string> partial;
  std::optional<std::string> latest;  // its name, with the flavor's prefix and suffix

  /// All of them, main first; none when no rule gave anything.
  std::vector<std::string> all() const;
};

struct TagSurroundings {
  const Expressions& expressions;
  const Flavor& flavor;
  const MetadataFeatures& features;
  /// The repository's default branch, for `type=edge`.
  std::string default_branch;
  std::function<void(std::string_view)> warn;
};

/// Throws Failed.
TagNames evaluate_tag_rules(const std::vector<TagRule>& rules, const TagSurroundings& around);

}  // namespace crun::executor::builtin
