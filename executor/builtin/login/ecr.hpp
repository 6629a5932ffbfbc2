// Amazon's registries hand out passwords for twelve hours; the original asks with an SDK, crun with
// the `aws` command where there is one.
#pragma once

#include <string>
#include <string_view>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/login/registry_login.hpp"

namespace crun::executor::builtin {

/// Is this a registry of Amazon, and may the login treat it as one (input `ecr`)?
bool is_amazon_registry(const RegistryLogin& login);

/// The login with a password from Amazon, both halves masked. The given user name and password, if
/// both are there, are the access key. Fails when there is no `aws` command.
RegistryLogin amazon_login(ActionRuntime& runtime, RegistryLogin login);

}  // namespace crun::executor::builtin
