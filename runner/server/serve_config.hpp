// The configuration of `crun serve`: a YAML file, read as a whole, so that everything that is wrong
// with it is told at once.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "workflow/source/diagnostic.hpp"

namespace crun::runner {

struct RepositoryConfig {
  std::string name;                   // in URLs and commands
  std::string url;                    // anything libgit2 can fetch
  std::chrono::milliseconds poll{0};  // 0: never
  std::string webhook_secret;         // empty: takes no webhooks
  std::map<std::string, std::string> secrets, vars, env;
  std::map<std::string, std::string> registry_map;
};

struct ServeConfig {
  int capacity = 1;                           // runs at once
  int retention_days = 90;                    // runs that ended longer ago are forgotten
  std::map<std::string, std::string> labels;  // label -> "host", or an image
  std::vector<RepositoryConfig> repositories;
  /// Variables that `env:` names: jobs must not see them.
  std::set<std::string> secret_variables;

  const RepositoryConfig* find(const std::string& name) const;
};

/// Findings go to `diagnostics`; the value counts only without errors. Secrets are read here, from
/// the environment and from files (a relative path is one from the configuration's folder). Throws
/// UsageError when the file cannot be read.
ServeConfig read_serve_config(
    const std::filesystem::path& file, workflow::Diagnostics& diagnostics);

}  // namespace crun::runner
