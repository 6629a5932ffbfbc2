#include "executor/builtin/checkout/local.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <strings.h>

#include "executor/builtin/checkout/folder.hpp"
#include "executor/builtin/checkout/git_program.hpp"
#include "executor/builtin/interruption.hpp"
#include "executor/error.hpp"
#include "executor/files/overlay.hpp"
#include "executor/git/repository.hpp"
#include "executor/git/snapshot.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::executor::builtin::checkout {
namespace {

namespace fs = std::filesystem;

std::string quantity(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// What the step's `ref` means here. The original looks at branches before tags as well.
void resolve(
    const git::Repository& repository, const Settings& settings, git::SnapshotRequest& request) {
  const auto asked = settings.ref.empty() ? settings.commit : settings.ref;
  const auto found = repository.resolve(asked);
  if (!found) {
    std::string hint;
    auto names = repository.branches();
    for (auto& tag : repository.tags()) names.push_back(std::move(tag));
    if (const auto near = workflow::nearest(asked, names))
      hint = fmt::format("; did you mean {}?", *near);
    throw Failed(
        fmt::format("A branch or tag with the name '{}' could not be found{}", asked, hint));
  }
  request.ref = found->ref;
  request.commit = found->commit;
}

git::SnapshotRequest make_request(
    const Settings& settings, const LocalCopy& copy, bool strict_depth) {
  git::SnapshotRequest request;
  request.repository = copy.repository;
  request.target = settings.path;
  request.ref = copy.ref;
  request.commit = copy.commit;
  request.working_tree = copy.working_tree;
  request.depth = strict_depth ? settings.depth : 0;
  request.recurse_submodules = settings.submodules;
  if (settings.ref_given && settings.ref != copy.ref) {
    const auto repository = git::Repository::open(copy.repository);
    resolve(repository, settings, request);
    // `ref: ${{ github.sha }}` or `github.head_ref`: another name for what the user has before
    // them.
    const bool same_ref =
        request.ref.empty() || request.ref == copy.ref || request.ref == repository.head().ref;
    request.working_tree &= same_ref && request.commit == copy.commit;
  }
  return request;
}

void make_sparse(ActionRuntime& runtime, const Settings& settings) {
  if (settings.sparse.empty()) return;
  GitProgram git(runtime, settings.path);
  std::vector<std::string> arguments = {
      "sparse-checkout", "set", settings.cone ? "--cone" : "--no-cone"};
  arguments.insert(arguments.end(), settings.sparse.begin(), settings.sparse.end());
  git.run(arguments);
}

/// With `--workspace live` the user's folder is the workspace: what is asked for is there already.
bool is_there(
    const Settings& settings, const git::SnapshotRequest& request, const LocalCopy& copy) {
  if (!is_live(settings, copy.repository) || settings.path != settings.workspace) return false;
  return git::Repository::open(copy.repository).head().commit == request.commit;
}

std::string told(
    const Settings& settings, const git::SnapshotRequest& request, const git::Snapshot& snapshot) {
  const auto id = request.commit.substr(0, 7);
  std::string text;
  if (request.working_tree) {
    text = fmt::format("checkout: working tree of {} at {}", settings.repository, id);
    std::string state;
    if (snapshot.changed) state = quantity(snapshot.changed, "file") + " changed";
    if (snapshot.untracked) {
      state += fmt::format("{}{} untracked", state.empty() ? "" : ", ", snapshot.untracked);
    }
    text += state.empty() ? " (clean)" : " (" + state + ")";
  } else {
    text =
        fmt::format("checkout: commit {} ({})", id, request.ref.empty() ? "detached" : request.ref);
  }
  return text + (snapshot.shallow ? ", history cut" : ", history complete");
}

/// A process that stands in the workspace keeps what is mounted there busy, and stays below what is
/// mounted later.
class OutsideOfWorkspace {
 public:
  OutsideOfWorkspace() : back_(fs::current_path(ignored_)) { fs::current_path("/", ignored_); }
  ~OutsideOfWorkspace() { fs::current_path(back_, ignored_); }
  OutsideOfWorkspace(const OutsideOfWorkspace&) = delete;
  OutsideOfWorkspace& operator=(const OutsideOfWorkspace&) = delete;

 private:
  std::error_code ignored_;
  fs::path back_;
};

git::Snapshot fill_folder(
    const Settings& settings, const LocalCopy& copy, git::SnapshotRequest& request) {
  const OutsideOfWorkspace outside;
  if (!copy.trees.empty() && settings.clean) take_off(settings.path);
  const Folder folder(settings);
  request.target = folder.fresh();
  // Elsewhere a mount would be in the way: what is below the workspace may be moved or removed.
  if (request.target == settings.workspace) {
    request.trees = copy.trees;
    request.run = copy.run;
  }
  auto snapshot = git::take_snapshot(request);
  folder.finish();
  return snapshot;
}

void replace_folder(
    ActionRuntime& runtime,
    const Settings& settings,
    const LocalCopy& copy,
    git::SnapshotRequest request) {
  const auto snapshot = fill_folder(settings, copy, request);
  throw_if_interrupted();
  make_sparse(runtime, settings);
  for (const auto& warning : snapshot.warnings) runtime.warning(warning);
  runtime.info(told(settings, request, snapshot));
}

}  // namespace

std::optional<LocalCopy> local_copy(const ActionRuntime& runtime) {
  const auto text = runtime.env("CRUN_CHECKOUT");
  if (text.empty()) return std::nullopt;
  try {
    const auto json = nlohmann::json::parse(text);
    LocalCopy copy;
    copy.repository = json.at("repository").get<std::string>();
    copy.name = json.at("name").get<std::string>();
    copy.ref = json.value("ref", "");
    copy.commit = json.at("commit").get<std::string>();
    copy.working_tree = json.value("working_tree", false);
    copy.trees = json.value("trees", "");
    copy.run = json.value("run", "");
    return copy;
  } catch (const nlohmann::json::exception& error) {
    throw Failed(fmt::format("CRUN_CHECKOUT cannot be read: {}", error.what()));
  }
}

bool asks_for(const Settings& settings, const LocalCopy& copy) {
  return ::strcasecmp(settings.repository.c_str(), copy.name.c_str()) == 0;
}

void check_out_local(ActionRuntime& runtime, const Settings& settings, const LocalCopy& copy) {
  const bool strict_depth = !runtime.env("CRUN_STRICT_DEPTH").empty();
  const auto request = make_request(settings, copy, strict_depth);
  if (is_there(settings, request, copy)) {
    runtime.info("checkout: nothing to do, the workspace is live");
  } else {
    refuse_to_touch(settings, copy.repository);
    replace_folder(runtime, settings, copy, request);
  }
  runtime.set_output("commit", request.commit);
  runtime.set_output("ref", settings.ref);
}

}  // namespace crun::executor::builtin::checkout
