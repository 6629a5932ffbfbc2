// The logins that the inputs of login-action ask for: one from the plain inputs, or several from
// `registry-auth` (docker-actions.md 4).
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

struct RegistryLogin {
  std::string registry;  // as docker gets it; '' is Docker Hub in versions before v3.6
  std::string username, password;
  std::string scope;          // since v3.7: credentials for a part of a registry
  std::string ecr = "auto";   // true, false, auto
  std::string config_folder;  // of a scope; '' is docker's own
};

/// Fails with the original's texts.
std::vector<RegistryLogin> read_logins(const ActionRuntime& runtime);

/// Fails when a user name or password is missing.
void require_credentials(const RegistryLogin& login);

}  // namespace crun::executor::builtin
