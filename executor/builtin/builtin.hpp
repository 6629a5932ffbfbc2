// The table of built-in actions. Adding one: a row here, a function in a file of its own, golden
// cases. The original stays the truth: its inputs, defaults, stages and versions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

struct BuiltinInput {
  std::string_view name;
  /// As in the original's action.yml; may hold `${{ github.token }}`.
  std::string_view default_value = {};
  bool required = false;
};

struct Builtin {
  std::string_view name;        // "build-push"
  std::string_view repository;  // "docker/build-push-action"
  std::vector<BuiltinInput> inputs;
  bool has_post = false;
  std::string_view post_if = "always()";
  /// The state that main saves when post has something to do; empty: it always has.
  std::string_view post_state = {};
  /// Runs one stage; throws Failed.
  void (*run)(ActionRuntime& runtime) = nullptr;
};

std::span<const Builtin> builtins();
/// By repository ("docker/login-action", ignoring case), or null.
const Builtin* find_builtin(std::string_view repository);

/// A ref of a well-known action: a tag ("v6", "v6.9.0") or a commit. The version behind it; nullopt
/// when the ref does not exist. Table made from the actions' own tags.
std::optional<std::string> resolve_version(std::string_view repository, std::string_view ref);

/// The hidden command `crun builtin NAME STAGE VERSION`: exit code 0 or 1.
int run_builtin(std::string_view name, std::string_view stage, std::string_view version);

}  // namespace crun::executor::builtin
