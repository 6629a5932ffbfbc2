#include "executor/git/snapshot.hpp"

#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <git2.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/files/write.hpp"
#include "executor/git/laid_tree.hpp"
#include "executor/git/library.hpp"
#include "executor/git/remote_url.hpp"
#include "executor/git/snapshot_refs.hpp"
#include "executor/git/working_copy.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view heads = "refs/heads/";

RepositoryHandle open_user(const fs::path& path) {
  auto user = open_handle(path);
  if (!user) throw Error(path.string() + " is in no git repository");
  return user;
}

bool has_commit(git_repository* repository, const std::string& id) {
  git_oid oid;
  git_commit* commit = nullptr;
  if (git_oid_fromstr(&oid, id.c_str()) < 0) return false;
  const bool found = git_commit_lookup(&commit, repository, &oid) == 0;
  git_commit_free(commit);
  return found;
}

void prepare_target(const fs::path& target) {
  std::error_code problem;
  fs::create_directories(target, problem);
  if (problem) throw Error("cannot make the folder " + target.string() + ": " + problem.message());
  if (!fs::is_empty(target, problem))
    throw Error("the folder " + target.string() + " is not empty");
}

/// A value as git's configuration files quote it.
std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text + '"';
}

/// Settings that decide what `git status` says of the user's tree; nothing else of their
/// configuration belongs into a workspace.
std::string settings_of_tree(git_repository* user) {
  git_config* config = nullptr;
  check(git_repository_config_snapshot(&config, user), "cannot read the configuration");
  const Handle<git_config, git_config_free> owned(config);
  std::string text;
  for (const char* name : {"autocrlf", "eol", "safecrlf", "filemode", "symlinks"}) {
    const char* value = nullptr;
    if (git_config_get_string(&value, config, ("core." + std::string(name)).c_str()) == 0) {
      text += "\t" + std::string(name) + " = " + in_quotes(value) + "\n";
    }
  }
  git_buf excludes = GIT_BUF_INIT;
  if (git_config_get_path(&excludes, config, "core.excludesfile") == 0) {
    text += "\texcludesfile = " + in_quotes(excludes.ptr) + "\n";
    git_buf_dispose(&excludes);
  }
  return text;
}

std::string configuration(git_repository* user, const SnapshotRequest& request) {
  std::string text = "[core]\n\trepositoryformatversion = 0\n";
  const auto tree = request.working_tree ? settings_of_tree(user) : std::string();
  if (tree.find("\tfilemode") == std::string::npos) text += "\tfilemode = true\n";
  text += tree + "\tbare = false\n\tlogallrefupdates = true\n";
  const auto origin = config_value(user, "remote.origin.url");
  const auto url = without_credentials(origin.value_or("file://" + request.repository.string()));
  text += "[remote \"origin\"]\n\turl = " + in_quotes(url) +
          "\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n";
  if (request.ref.starts_with(heads)) {
    text += "[branch " + in_quotes(request.ref.substr(heads.size())) +
            "]\n\tremote = origin\n\tmerge = " + in_quotes(request.ref) + "\n";
  }
  // Objects are borrowed: nothing here may be packed or pruned on its own account.
  return text + "[gc]\n\tauto = 0\n";
}

/// The commits at which history ends: `.git/shallow`. Empty when history is short enough.
std::string shallow_file(git_repository* user, const std::string& commit, int depth) {
  std::set<std::string> level = {commit}, seen = {commit};
  for (int i = 1; i < depth && !level.empty(); ++i) {
    std::set<std::string> next;
    for (const auto& id : level) {
      const auto at = read_commit(user, id);
      for (unsigned parent = 0; parent < git_commit_parentcount(at.get()); ++parent) {
        const auto parent_id = hex(*git_commit_parent_id(at.get(), parent));
        if (seen.insert(parent_id).second) next.insert(parent_id);
      }
    }
    level = std::move(next);
  }
  std::string text;
  for (const auto& id : level) {
    if (git_commit_parentcount(read_commit(user, id).get()) > 0) text += id + "\n";
  }
  return text;
}

/// `.git` by hand: a handful of small files, as `git init` and a fetch would have left them.
void make_repository(git_repository* user, const SnapshotRequest& request, Snapshot& snapshot) {
  const fs::path common = git_repository_commondir(user);
  const auto git = request.target / ".git";
  for (const char* folder : {"objects/info", "objects/pack", "refs/heads", "refs/tags", "info"}) {
    fs::create_directories(git / folder);
  }
  const auto objects = (common / "objects").string();
  if (objects.find('\n') != std::string::npos) {
    throw Error("a repository with a line break in its path cannot be borrowed from");
  }
  write_file(git / "objects/info/alternates", objects + "\n");
  write_file(git / "config", configuration(user, request));
  const auto refs = request.depth > 0 ? single_ref(request.ref, request.commit)
                                      : snapshot_refs(user, request.ref, request.commit);
  write_file(git / "packed-refs", packed_refs(refs));
  const bool branch = request.ref.starts_with(heads);
  write_file(git / "HEAD", (branch ? "ref: " + request.ref : request.commit) + "\n");
  auto shallow = file_text(common / "shallow");
  if (request.depth > 0) shallow += shallow_file(user, request.commit, request.depth);
  snapshot.shallow = !shallow.empty();
  if (snapshot.shallow) write_file(git / "shallow", shallow);
  if (!request.working_tree) return;
  for (const char* name : {"info/exclude", "info/attributes"}) {
    if (const auto text = file_text(common / name); !text.empty()) write_file(git / name, text);
  }
}

RepositoryHandle open_own(const fs::path& target) {
  git_repository* opened = nullptr;
  check(git_repository_open(&opened, target.c_str()), "cannot open the snapshot");
  return RepositoryHandle(opened);
}

void check_out_commit(git_repository* own, const SnapshotRequest& request) {
  const auto commit = read_commit(own, request.commit);
  git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
  options.checkout_strategy = GIT_CHECKOUT_FORCE;
  check(
      git_checkout_tree(own, reinterpret_cast<const git_object*>(commit.get()), &options),
      "cannot check out " + request.commit);
}

/// A commit for the store: checked out as in a workspace, and then without its repository.
std::uint64_t fill_with_commit(
    git_repository* user, const SnapshotRequest& request, const StoredTree& place) {
  auto inner = request;
  inner.target = place.files;
  Snapshot ignored;
  make_repository(user, inner, ignored);
  const auto git = place.files / ".git";
  check_out_commit(open_own(place.files).get(), inner);
  fs::rename(git / "index", place.index);
  if (const auto left = remove_tree(git); !left.empty()) throw Error("cannot remove " + left);
  return size_by_index(place.index);
}

/// Paths and commits of the submodules in the index of a snapshot.
std::vector<std::pair<std::string, std::string>> submodules(git_repository* own) {
  git_index* index = nullptr;
  check(git_repository_index(&index, own), "cannot read the index of the snapshot");
  const Handle<git_index, git_index_free> owned(index);
  std::vector<std::pair<std::string, std::string>> found;
  for (std::size_t i = 0; i < git_index_entrycount(index); ++i) {
    const auto* entry = git_index_get_byindex(index, i);
    if (entry->mode == GIT_FILEMODE_COMMIT) found.emplace_back(entry->path, hex(entry->id));
  }
  return found;
}

/// Large files that git-lfs keeps elsewhere: a checkout without it gives pointers.
bool uses_lfs(const fs::path& target) {
  return file_text(target / ".gitattributes").find("filter=lfs") != std::string::npos;
}

/// The name that .gitmodules gives to a path; by default it is the path itself.
std::string submodule_name(const fs::path& target, const std::string& path) {
  git_config* config = nullptr;
  if (git_config_open_ondisk(&config, (target / ".gitmodules").c_str()) < 0) return path;
  const Handle<git_config, git_config_free> owned(config);
  git_config_iterator* iterator = nullptr;
  if (git_config_iterator_glob_new(&iterator, config, "submodule\\..*\\.path") < 0) return path;
  const Handle<git_config_iterator, git_config_iterator_free> entries(iterator);
  git_config_entry* entry = nullptr;
  while (git_config_next(&entry, iterator) == 0) {
    const std::string_view key = entry->name;
    if (path == entry->value) return std::string(key.substr(10, key.size() - 10 - 5));
  }
  return path;
}

/// A submodule comes from where the user has it: never from the network.
void add_submodule(
    git_repository* user,
    const SnapshotRequest& request,
    const std::string& path,
    const std::string& commit) {
  SnapshotRequest inner;
  inner.target = request.target / path;
  inner.commit = commit;
  inner.depth = request.depth;
  inner.recurse_submodules = true;
  const fs::path common = git_repository_commondir(user);
  const char* tree = git_repository_workdir(user);
  std::vector<fs::path> places = {common / "modules" / submodule_name(request.target, path)};
  if (tree) places.insert(places.begin(), fs::path(tree) / path);
  for (const auto& place : places) {
    git_repository* found = nullptr;
    if (git_repository_open(&found, place.c_str()) < 0) continue;
    const RepositoryHandle owned(found);
    inner.repository = place;
    git_oid head;
    if (request.working_tree && git_reference_name_to_id(&head, found, "HEAD") == 0 &&
        git_repository_workdir(found)) {
      inner.commit = hex(head);
      inner.working_tree = true;
    }
    if (!has_commit(found, inner.commit)) continue;
    take_snapshot(inner);
    return;
  }
  throw Error(
      "the submodule " + path + " is not here at commit " + inner.commit.substr(0, 7),
      "git submodule update --init --recursive");
}

}  // namespace

Snapshot take_snapshot(const SnapshotRequest& request) {
  const auto user = open_user(request.repository);
  prepare_target(request.target);
  std::optional<UserTree> tree;
  if (request.working_tree) tree.emplace(user.get());
  const auto stored =
      lay_stored_tree(request, tree ? &*tree : nullptr, user.get(), [&](const StoredTree& place) {
        return tree ? tree->copy_clean(place.files, place.index)
                    : fill_with_commit(user.get(), request, place);
      });
  Snapshot snapshot;
  snapshot.laid = stored.has_value();
  make_repository(user.get(), request, snapshot);
  const auto own = open_own(request.target);
  if (tree) {
    auto copy = tree->copy_to(own.get(), stored ? stored->index : fs::path());
    snapshot.changed = copy.changed;
    snapshot.untracked = copy.untracked;
    snapshot.warnings = std::move(copy.warnings);
  } else if (stored) {
    fs::copy_file(stored->index, request.target / ".git/index");
  } else {
    check_out_commit(own.get(), request);
  }
  if (!tree && uses_lfs(request.target)) {
    snapshot.warnings.push_back(
        "files kept by git-lfs are pointers only: `git lfs pull` in a step gets their content");
  }
  if (request.recurse_submodules) {
    for (const auto& [path, commit] : submodules(own.get())) {
      add_submodule(user.get(), request, path, commit);
    }
  }
  return snapshot;
}

}  // namespace crun::executor::git
