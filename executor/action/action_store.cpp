#include "executor/action/action_store.hpp"

#include <fmt/format.h>

#include "executor/action/action_mirror.hpp"
#include "executor/error.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

std::optional<fs::path> ActionStore::known(const std::string& key) const {
  const std::scoped_lock lock(known_);
  const auto found = found_.find(key);
  return found == found_.end() ? std::nullopt : std::optional(found->second);
}

fs::path ActionStore::repository(const ActionReference& reference) {
  const auto key = fmt::format("{}@{}", reference.repository, reference.ref);
  if (const auto folder = known(key)) return *folder;
  const std::scoped_lock one_after_the_other(fetching_);
  if (const auto folder = known(key)) return *folder;
  auto& fetched = fetched_[reference.repository];
  const auto folder = find(reference, fetched);
  fetched = true;
  const std::scoped_lock lock(known_);
  return found_[key] = folder;
}

fs::path ActionStore::find(const ActionReference& reference, bool fetched_before) {
  ActionMirror mirror(remote_, settings_.server_url, settings_.cache, reference.repository);
  // A hash names the same files for ever; a tag or a branch may have moved since the last run.
  const auto known = mirror.resolve(reference.ref);
  const bool settled = known && *known == reference.ref;
  if (settings_.offline && !known) {
    throw Error(
        fmt::format(
            "{}@{} is not in the cache, and --offline fetches nothing",
            reference.repository,
            reference.ref),
        "run once without --offline, or give its folder: --action OWNER/REPO@REF=DIR");
  }
  if (!settings_.offline && !settled && !fetched_before) {
    try {
      mirror.fetch(settings_.token);
    } catch (const Error& error) {
      throw Error(
          fmt::format("{}@{}: {}", reference.repository, reference.ref, error.what()),
          error.cure());
    }
  }
  const auto commit = mirror.resolve(reference.ref);
  if (!commit) {
    throw Error(
        fmt::format(
            "Unable to resolve action `{0}@{1}`, unable to find version `{1}`",
            reference.repository,
            reference.ref),
        "a version is a tag, a branch or a full commit hash");
  }
  return mirror.folder(*commit);
}

bool ActionStore::has(const ActionReference& reference) const {
  if (override_of(reference)) return true;
  const ActionMirror mirror(remote_, settings_.server_url, settings_.cache, reference.repository);
  return mirror.resolve(reference.ref).has_value();
}

std::optional<fs::path> ActionStore::override_of(const ActionReference& reference) const {
  const auto path = reference.path.empty() ? std::string() : "/" + reference.path;
  const auto found =
      settings_.overrides.find(fmt::format("{}{}@{}", reference.repository, path, reference.ref));
  if (found == settings_.overrides.end()) return std::nullopt;
  return found->second;
}

}  // namespace crun::executor
