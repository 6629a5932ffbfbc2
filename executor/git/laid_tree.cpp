#include "executor/git/laid_tree.hpp"

#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <git2.h>

#include "executor/error.hpp"
#include "executor/files/overlay.hpp"
#include "executor/files/sha256.hpp"
#include "executor/git/library.hpp"
#include "executor/git/working_copy.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

using Config = Handle<git_config, git_config_free>;

/// One more when what is in a store changes its form.
constexpr int form = 1;

/// What else than the commit decides how a checkout looks: settings of the user and the machine
/// about line endings and attributes. Those of the user's repository do not reach a workspace.
std::string settings_of_checkout() {
  git_config *opened = nullptr, *values = nullptr;
  if (git_config_open_default(&opened) < 0) return {};
  const Config config(opened);
  if (git_config_snapshot(&values, opened) < 0) return {};
  const Config owned(values);
  std::string text;
  for (const char* name : {"core.autocrlf", "core.eol", "core.symlinks", "core.filemode"}) {
    const char* value = nullptr;
    if (git_config_get_string(&value, values, name) == 0)
      text += fmt::format("{}={}\n", name, value);
  }
  git_buf attributes = GIT_BUF_INIT;
  if (git_config_get_path(&attributes, values, "core.attributesfile") == 0) {
    text += file_text(attributes.ptr);
    git_buf_dispose(&attributes);
  } else {
    for (const char* variable : {"XDG_CONFIG_HOME", "HOME"}) {
      const char* folder = std::getenv(variable);
      const bool home = std::string_view(variable) == "HOME";
      if (folder) text += file_text(fs::path(folder) / (home ? ".config" : "") / "git/attributes");
    }
  }
  return text + file_text("/etc/gitattributes");
}

/// Of a working tree each file is compared with the stored one, whatever made it.
std::string name_of(git_repository* user, const SnapshotRequest& request, bool working_tree) {
  const auto commit = read_commit(user, request.commit);
  auto text = fmt::format("{} {:o}\n", form, file_mode_mask());
  if (!working_tree) text += settings_of_checkout();
  Sha256 hash;
  hash.add(text.data(), text.size());
  return fmt::format(
      "{}-{}-{}",
      hex(*git_commit_tree_id(commit.get())),
      working_tree ? "tree" : "commit",
      to_hex(hash.finish()).substr(0, 16));
}

/// Tried before anything is made for it.
bool can_lay_over(const fs::path& trees, const fs::path& target) {
  std::error_code problem;
  fs::create_directories(trees, problem);
  if (lay_over(trees, target) && take_off(target)) return true;
  ::rmdir(trees.c_str());  // when it is empty
  return false;
}

}  // namespace

std::optional<StoredTree> lay_stored_tree(
    const SnapshotRequest& request,
    const UserTree* tree,
    git_repository* user,
    const TreeStore::Fill& fill) {
  if (request.trees.empty() || request.recurse_submodules || ::geteuid() != 0) return std::nullopt;
  try {
    const TreeStore store(request.trees);
    const auto name = name_of(user, request, tree != nullptr);
    if (!store.has(name)) {
      const bool worth = tree == nullptr || tree->is_worth_keeping();
      if (!worth || !can_lay_over(request.trees, request.target)) return std::nullopt;
    }
    auto stored = store.use(name, request.run, fill);
    if (!lay_over(stored.files, request.target)) return std::nullopt;
    return stored;
  } catch (const Error&) {  // what is copied says what is wrong, or that nothing is
    return std::nullopt;
  }
}

}  // namespace crun::executor::git
