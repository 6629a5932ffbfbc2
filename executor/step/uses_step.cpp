// A `uses` step: which kind of action is it, and is it here? Resolving is a table of its own so
// that a job can be refused before its first step runs.

#include <filesystem>

#include <fmt/format.h>

#include "executor/action/reference.hpp"
#include "executor/builtin/builtin.hpp"
#include "executor/error.hpp"
#include "executor/step/resolve.hpp"
#include "executor/step/step_call.hpp"

namespace crun::executor {

namespace {

std::string did_you_mean(const std::string& repository, const std::string& ref) {
  for (const auto& candidate : {"v" + ref, ref.substr(0, ref.find('.'))}) {
    if (builtin::resolve_version(repository, candidate)) {
      return fmt::format("did you mean {}@{}?", repository, candidate);
    }
  }
  return "see the action's releases for the versions there are";
}

}  // namespace

ResolvedAction resolve_action(const std::string& uses) {
  const auto reference = ActionReference::parse(uses);
  if (!reference) {
    throw Error(
        fmt::format("'{}' is no action", uses),
        "write owner/repository@ref, ./path of a folder of this repository, or docker://image");
  }
  if (reference->kind == ActionReference::Kind::local) return {*reference, {}};
  if (reference->kind == ActionReference::Kind::docker) {
    throw Error(
        fmt::format("{}: docker actions are not available yet in this version of crun", uses));
  }
  const bool known = reference->path.empty() && builtin::find_builtin(reference->repository);
  if (!known) {
    throw Error(
        fmt::format(
            "{} is not available: it is neither built in nor a local action (./path)", uses),
        "actions from elsewhere cannot be fetched yet: use a local composite action, or a run "
        "step");
  }
  auto version = builtin::resolve_version(reference->repository, reference->ref);
  if (!version) {
    throw Error(
        fmt::format(
            "Unable to resolve action `{}`, unable to find version `{}`", uses, reference->ref),
        did_you_mean(reference->repository, reference->ref));
  }
  return {*reference, *version};
}

asio::awaitable<StepOutcome> run_uses_step(JobParts& parts, StepCall& call) {
  const auto action = resolve_action(call.step.uses);
  if (action.reference.kind == ActionReference::Kind::local) {
    const auto folder =
        (std::filesystem::path(parts.sources.folders.workspace) / action.reference.path)
            .lexically_normal();
    auto path = folder.string();
    co_return co_await run_composite_step(parts, call, path);
  }
  auto repository = action.reference.repository;
  auto version = action.version;
  co_return co_await run_builtin_step(parts, call, repository, version);
}

}  // namespace crun::executor
