// Looks pushed images up in their registries and tells what is there.
#pragma once

#include <string>
#include <vector>

#include "executor/events.hpp"
#include "executor/net/registry.hpp"
#include "executor/step/push_watch.hpp"

namespace crun::executor {

/// The credentials these pushes need, taken now, so that they can be used on another thread.
CredentialSource credentials_for(
    const std::vector<SeenPush>& pushes, const CredentialSource& credentials);

/// One answer a push. Blocks: run it off the loop.
std::vector<PushedImage> verify_pushes(
    const std::vector<SeenPush>& pushes, const CredentialSource& credentials);

/// "127.0.0.1:5002/app:1 is missing: ..." for those that are not as they were pushed; or nothing.
std::string push_trouble(const std::vector<PushedImage>& images);

}  // namespace crun::executor
