// Permissions as levels that can be compared: may a called workflow have what it asks for?
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/model/workflow.hpp"

namespace crun::workflow {

enum class PermissionLevel { none, read, write };

std::string_view to_string(PermissionLevel level);

/// What the token of a run may do if a workflow says nothing: the repository's setting.
enum class PermissionsPolicy { limited_read, write };

class PermissionLevels {
 public:
  explicit PermissionLevels(const Permissions& permissions);
  explicit PermissionLevels(PermissionsPolicy policy);

  PermissionLevel level(std::string_view scope) const;
  /// The scopes that `read-all` and `write-all` are short for, and those that are written, in
  /// GitHub's order.
  std::vector<std::pair<std::string, PermissionLevel>> all() const;

  /// The scopes of `requested` that exceed these levels: {"actions: write", "actions: read"},
  /// requested and allowed.
  std::vector<std::pair<std::string, std::string>> exceeded_by(
      const PermissionLevels& requested) const;

 private:
  PermissionLevel others_ = PermissionLevel::none;
  std::vector<std::pair<std::string, PermissionLevel>> written_;
};

}  // namespace crun::workflow
