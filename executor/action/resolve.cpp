#include "executor/action/resolve.hpp"

#include <fmt/format.h>

#include "executor/action/local.hpp"
#include "executor/builtin/builtin.hpp"
#include "executor/error.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

std::string did_you_mean(const std::string& repository, const std::string& ref) {
  for (const auto& candidate : {"v" + ref, ref.substr(0, ref.find('.'))}) {
    if (builtin::resolve_version(repository, candidate)) {
      return fmt::format("did you mean {}@{}?", repository, candidate);
    }
  }
  return "see the action's releases for the versions there are";
}

ActionReference parse(const std::string& uses) {
  auto reference = ActionReference::parse(uses);
  if (reference) return *reference;
  throw Error(
      fmt::format("'{}' is no action", uses),
      "write owner/repository@ref, ./path of a folder of this repository, or docker://image");
}

bool is_builtin(const ActionReference& reference) {
  return reference.kind == ActionReference::Kind::repository && reference.path.empty() &&
         builtin::find_builtin(reference.repository) != nullptr;
}

std::string builtin_version(const ActionReference& reference, const std::string& uses) {
  const auto version = builtin::resolve_version(reference.repository, reference.ref);
  if (version) return *version;
  throw Error(
      fmt::format(
          "Unable to resolve action `{}`, unable to find version `{}`", uses, reference.ref),
      did_you_mean(reference.repository, reference.ref));
}

void read_manifest(ResolvedAction& action) {
  action.kind = ResolvedAction::Kind::manifest;
  action.manifest = read_local_action(action.folder, action.uses);
}

void resolve_here(ResolvedAction& action, const ActionPlace& place) {
  const bool self = action.reference.kind == ActionReference::Kind::self;
  const auto& root = self && !place.origin.empty() ? place.origin : place.workspace;
  action.origin = root;
  if (self) {
    action.repository = place.repository;
    action.ref = place.ref;
  }
  action.folder = (root / action.reference.path).lexically_normal();
  read_manifest(action);
}

}  // namespace

bool is_local(const std::string& uses) {
  const auto reference = ActionReference::parse(uses);
  return reference && reference->kind == ActionReference::Kind::local;
}

bool is_available(const std::string& uses, const ActionStore& store) {
  const auto reference = ActionReference::parse(uses);
  if (!reference) return false;
  if (is_builtin(*reference)) {
    return builtin::resolve_version(reference->repository, reference->ref).has_value();
  }
  return reference->kind != ActionReference::Kind::repository || store.has(*reference);
}

ResolvedAction resolve_action(
    const std::string& uses, const ActionPlace& place, ActionStore& store) {
  ResolvedAction action;
  action.uses = uses;
  action.reference = parse(uses);
  const auto& reference = action.reference;
  using Kind = ActionReference::Kind;
  if (reference.kind == Kind::local || reference.kind == Kind::self) {
    resolve_here(action, place);
    return action;
  }
  if (reference.kind == Kind::docker) {
    action.kind = ResolvedAction::Kind::image;
    return action;
  }
  action.repository = reference.repository;
  action.ref = reference.ref;
  if (const auto folder = store.override_of(reference)) {
    action.folder = action.origin = *folder;
    read_manifest(action);
  } else if (is_builtin(reference)) {
    action.version = builtin_version(reference, uses);
  } else {
    action.origin = store.repository(reference);
    action.folder = (action.origin / reference.path).lexically_normal();
    read_manifest(action);
  }
  return action;
}

}  // namespace crun::executor
