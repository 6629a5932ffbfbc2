// OCI labels and annotations of docker/metadata-action (docker-actions.md 2.6).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "executor/builtin/metadata/expressions.hpp"

namespace crun::executor::builtin {

/// What GitHub knows of the repository.
struct RepositoryFacts {
  std::string name;
  std::string description;
  std::string html_url;
  std::string license;  // SPDX id
  std::string default_branch;
};

/// "name=value" lines: the eight standard ones and the user's. Throws Failed.
std::vector<std::string> make_labels(
    const RepositoryFacts& repository,
    const std::optional<std::string>& version,
    const std::vector<std::string>& custom,
    const Expressions& expressions,
    const MetadataFeatures& features);

/// Names and values as a JavaScript object lists them: whole numbers first; a value ends at its
/// first line break.
std::vector<std::pair<std::string, std::string>> label_object(
    const std::vector<std::string>& labels);

}  // namespace crun::executor::builtin
