// Before a push: do the registries answer, and do they take the credentials? After it: what do they
// hold under each tag? "Pushed" is said only of what a registry was seen to hold.
#pragma once

#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

struct PushTarget {
  std::string ref;          // as the registry holds it
  std::string mapped_from;  // the workflow's name, when a registry map changed it
};

struct BuiltImage {
  std::string digest;    // of manifest or index; empty: unknown
  std::string image_id;  // of the configuration, or the digest again
  int cached_steps = 0, total_steps = 0;
};

/// Fails when a registry is not there or refuses; says which, where and why.
void check_registries(ActionRuntime& runtime, const std::vector<PushTarget>& targets);

struct PushResult {
  int pushed = 0;                     // tags under which the registries hold the image
  std::vector<std::string> troubles;  // a line for each of the others
};

/// Looks every tag up, tells people and the run ($CRUN_REPORT). `failed`: the build command failed,
/// so that what is not there is no surprise.
PushResult verify_push(
    ActionRuntime& runtime,
    const std::vector<PushTarget>& targets,
    const BuiltImage& image,
    bool failed);

/// Tells the run of a build that was not to be pushed.
void report_build(
    ActionRuntime& runtime, const std::vector<PushTarget>& targets, const BuiltImage& image);

}  // namespace crun::executor::builtin
