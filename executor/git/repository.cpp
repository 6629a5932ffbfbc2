#include "executor/git/repository.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <set>

#include <fmt/format.h>
#include <git2.h>

#include "executor/error.hpp"
#include "executor/git/library.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

using Commit = Handle<git_commit, git_commit_free>;
using Tree = Handle<git_tree, git_tree_free>;
using Object = Handle<git_object, git_object_free>;
using Reference = Handle<git_reference, git_reference_free>;

constexpr std::string_view branch_prefix = "refs/heads/";
constexpr std::string_view origin_prefix = "refs/remotes/origin/";

/// The folder of libgit2's "/a/b/.git/", without the slash at its end.
fs::path folder(const char* text) {
  fs::path path = text ? text : "";
  return path.has_filename() || path == path.root_path() ? path : path.parent_path();
}

std::string rfc3339(const git_time& when) {
  const std::time_t local = when.time + when.offset * 60;
  std::tm parts{};
  ::gmtime_r(&local, &parts);
  const auto zone = when.offset == 0 ? std::string("Z")
                                     : fmt::format(
                                           "{}{:02}:{:02}",
                                           when.offset < 0 ? '-' : '+',
                                           std::abs(when.offset) / 60,
                                           std::abs(when.offset) % 60);
  return fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
      parts.tm_year + 1900,
      parts.tm_mon + 1,
      parts.tm_mday,
      parts.tm_hour,
      parts.tm_min,
      parts.tm_sec,
      zone);
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

/// What a revision names, nullptr when there is nothing; the caller owns it. An id needs no search
/// among the refs.
git_object* find_object(git_repository* repository, const std::string& name) {
  git_object* object = nullptr;
  git_oid id;
  if (name.size() == GIT_OID_HEXSZ && git_oid_fromstr(&id, name.c_str()) == 0 &&
      git_object_lookup(&object, repository, &id, GIT_OBJECT_ANY) == 0) {
    return object;
  }
  return git_revparse_single(&object, repository, name.c_str()) < 0 ? nullptr : object;
}

/// The commit that a revision names, tags followed; null when there is none.
Commit find_commit(git_repository* repository, const std::string& name) {
  git_object* object = find_object(repository, name);
  if (!object) return nullptr;
  const Object owned(object);
  git_object* commit = nullptr;
  if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0) return nullptr;
  return Commit(reinterpret_cast<git_commit*>(commit));
}

Commit need_commit(git_repository* repository, const std::string& id) {
  auto commit = find_commit(repository, id);
  if (!commit) throw Error("the repository has no commit " + id);
  return commit;
}

Tree tree_of(git_repository* repository, const std::string& commit) {
  git_tree* tree = nullptr;
  check(git_commit_tree(&tree, need_commit(repository, commit).get()), "cannot read " + commit);
  return Tree(tree);
}

std::vector<std::string> ref_names(git_repository* repository, std::string_view prefix) {
  git_reference_iterator* iterator = nullptr;
  const auto glob = std::string(prefix) + "*";
  check(git_reference_iterator_glob_new(&iterator, repository, glob.c_str()), "cannot list refs");
  const Handle<git_reference_iterator, git_reference_iterator_free> owned(iterator);
  std::vector<std::string> names;
  const char* name = nullptr;
  while (git_reference_next_name(&name, iterator) == 0) {
    names.emplace_back(std::string_view(name).substr(prefix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

CommitFacts facts_of(const git_commit* commit) {
  const auto text = [](const char* value) { return std::string(value ? value : ""); };
  const auto* author = git_commit_author(commit);
  const auto* committer = git_commit_committer(commit);
  CommitFacts facts;
  facts.id = hex(*git_commit_id(commit));
  facts.tree = hex(*git_commit_tree_id(commit));
  facts.message = text(git_commit_message(commit));
  while (facts.message.ends_with('\n')) facts.message.pop_back();
  facts.author_name = text(author->name);
  facts.author_email = text(author->email);
  facts.committer_name = text(committer->name);
  facts.committer_email = text(committer->email);
  facts.timestamp = rfc3339(committer->when);
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
    facts.parents.push_back(hex(*git_commit_parent_id(commit, i)));
  }
  return facts;
}

}  // namespace

struct Repository::Impl {
  RepositoryHandle handle;

  git_repository* get() const { return handle.get(); }

  bool has_ref(const std::string& name) const {
    git_oid id;
    return git_reference_name_to_id(&id, get(), name.c_str()) == 0;
  }
};

Repository::Repository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;

std::optional<Repository> Repository::try_open(const fs::path& path) {
  auto handle = open_handle(path);
  if (!handle) return std::nullopt;
  auto impl = std::make_unique<Impl>();
  impl->handle = std::move(handle);
  return Repository(std::move(impl));
}

Repository Repository::open(const fs::path& path) {
  if (auto repository = try_open(path)) return std::move(*repository);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw Error("the folder " + path.string() + " does not exist");
  throw Error(
      path.string() + " is in no git repository",
      "go to a folder of one, name one with --directory, or make one: git init && git add -A && "
      "git commit -m start");
}

fs::path Repository::root() const {
  const char* tree = git_repository_workdir(impl_->get());
  return folder(tree ? tree : git_repository_path(impl_->get()));
}

fs::path Repository::git_folder() const {
  return folder(git_repository_commondir(impl_->get()));
}

Head Repository::head() const {
  git_reference* reference = nullptr;
  check(git_reference_lookup(&reference, impl_->get(), "HEAD"), "cannot read HEAD");
  const Reference owned(reference);
  Head head;
  if (const char* target = git_reference_symbolic_target(reference)) head.ref = target;
  git_oid id;
  if (git_reference_name_to_id(&id, impl_->get(), "HEAD") == 0) head.commit = hex(id);
  return head;
}

std::optional<Head> Repository::resolve(std::string_view name) const {
  const std::string text(name);
  if (text.empty()) return std::nullopt;
  if (text == "HEAD" || text == "@") {
    auto found = head();
    return found.commit.empty() ? std::nullopt : std::optional(found);
  }
  const auto as_ref = [&](const std::string& ref) -> std::optional<Head> {
    if (!impl_->has_ref(ref)) return std::nullopt;
    const auto commit = find_commit(impl_->get(), ref);
    return commit ? std::optional(Head{ref, hex(*git_commit_id(commit.get()))}) : std::nullopt;
  };
  if (name.starts_with("refs/")) {
    if (auto found = as_ref(text)) return found;
    // A branch that only origin has: on GitHub it is a branch like any other.
    if (!name.starts_with(branch_prefix)) return std::nullopt;
    auto found =
        as_ref(std::string(origin_prefix) + std::string(name.substr(branch_prefix.size())));
    if (found) found->ref = text;
    return found;
  }
  for (const char* prefix : {"refs/heads/", "refs/tags/", "refs/"}) {
    if (auto found = as_ref(prefix + text)) return found;
  }
  const auto branch = name.starts_with("origin/") ? name.substr(7) : name;
  if (auto found = as_ref(std::string(origin_prefix) + std::string(branch))) {
    found->ref = std::string(branch_prefix) + std::string(branch);
    return found;
  }
  const bool revision = name.find_first_of("~^@") != std::string_view::npos;
  if (!revision && !(name.size() >= 4 && name.size() <= 40 && is_hex(name))) return std::nullopt;
  const auto commit = find_commit(impl_->get(), text);
  return commit ? std::optional(Head{"", hex(*git_commit_id(commit.get()))}) : std::nullopt;
}

std::vector<std::string> Repository::tags() const {
  return ref_names(impl_->get(), "refs/tags/");
}

std::vector<std::string> Repository::branches() const {
  return ref_names(impl_->get(), branch_prefix);
}

std::optional<std::string> Repository::remote_url(std::string_view name) const {
  return config_value(impl_->get(), "remote." + std::string(name) + ".url");
}

std::string Repository::default_branch() const {
  git_reference* reference = nullptr;
  if (git_reference_lookup(&reference, impl_->get(), "refs/remotes/origin/HEAD") == 0) {
    const Reference owned(reference);
    const char* target = git_reference_symbolic_target(reference);
    if (target && std::string_view(target).starts_with(origin_prefix)) {
      return target + origin_prefix.size();
    }
  }
  for (const std::string name : {"main", "master"}) {
    if (impl_->has_ref(std::string(branch_prefix) + name)) return name;
    if (impl_->has_ref(std::string(origin_prefix) + name)) return name;
  }
  const auto ref = head().ref;
  return ref.starts_with(branch_prefix) ? ref.substr(branch_prefix.size()) : "main";
}

std::optional<CommitFacts> Repository::commit(std::string_view id) const {
  const auto commit = find_commit(impl_->get(), std::string(id));
  return commit ? std::optional(facts_of(commit.get())) : std::nullopt;
}

std::vector<CommitFacts> Repository::history(
    const std::string& from, const std::string& to, std::size_t limit) const {
  const auto last = need_commit(impl_->get(), to);
  const auto hidden = from.empty() ? Commit() : need_commit(impl_->get(), from);
  // Most pushes are of one commit: no need to walk.
  if (hidden && limit > 0 && git_commit_parentcount(last.get()) == 1 &&
      git_oid_equal(git_commit_parent_id(last.get(), 0), git_commit_id(hidden.get()))) {
    return {facts_of(last.get())};
  }
  git_revwalk* walk = nullptr;
  check(git_revwalk_new(&walk, impl_->get()), "cannot walk the history");
  const Handle<git_revwalk, git_revwalk_free> owned(walk);
  git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL);
  check(git_revwalk_push(walk, git_commit_id(last.get())), "cannot walk from " + to);
  if (hidden) {
    check(git_revwalk_hide(walk, git_commit_id(hidden.get())), "cannot walk to " + from);
  }
  std::vector<CommitFacts> commits;
  for (git_oid id; commits.size() < limit && git_revwalk_next(&id, walk) == 0;) {
    commits.push_back(facts_of(need_commit(impl_->get(), hex(id)).get()));
  }
  return commits;
}

std::vector<std::string> Repository::changed_paths(
    const std::string& from, const std::string& to) const {
  std::vector<std::string> paths;
  for (auto& change : changes(from, to)) paths.push_back(std::move(change.path));
  return paths;
}

std::vector<Change> Repository::changes(const std::string& from, const std::string& to) const {
  const auto before = from.empty() ? Tree() : tree_of(impl_->get(), from);
  const auto after = tree_of(impl_->get(), to);
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  git_diff* diff = nullptr;
  check(
      git_diff_tree_to_tree(&diff, impl_->get(), before.get(), after.get(), &options),
      fmt::format("cannot compare {} with {}", from, to));
  const Handle<git_diff, git_diff_free> owned(diff);
  std::vector<Change> changes;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const auto* delta = git_diff_get_delta(diff, i);
    auto kind = Change::Kind::modified;
    if (delta->status == GIT_DELTA_ADDED) kind = Change::Kind::added;
    if (delta->status == GIT_DELTA_DELETED) kind = Change::Kind::removed;
    changes.push_back({kind, delta->new_file.path});
  }
  return changes;
}

std::vector<std::string> Repository::dirty_paths() const {
  if (git_repository_is_bare(impl_->get())) return {};
  git_status_options options = GIT_STATUS_OPTIONS_INIT;
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
  git_status_list* list = nullptr;
  check(
      git_status_list_new(&list, impl_->get(), &options),
      "cannot read the state of " + root().string());
  const Handle<git_status_list, git_status_list_free> owned(list);
  std::set<std::string> paths;
  for (std::size_t i = 0; i < git_status_list_entrycount(list); ++i) {
    const auto* entry = git_status_byindex(list, i);
    const auto* delta = entry->index_to_workdir ? entry->index_to_workdir : entry->head_to_index;
    paths.insert(delta->new_file.path);
  }
  return {paths.begin(), paths.end()};
}

std::vector<std::string> Repository::tracked_paths() const {
  git_index* index = nullptr;
  check(git_repository_index(&index, impl_->get()), "cannot read the index");
  const Handle<git_index, git_index_free> owned(index);
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < git_index_entrycount(index); ++i) {
    paths.emplace_back(git_index_get_byindex(index, i)->path);
  }
  return paths;
}

bool Repository::is_ancestor(const std::string& ancestor, const std::string& of) const {
  const auto commit = need_commit(impl_->get(), ancestor);
  return merge_base(ancestor, of) == hex(*git_commit_id(commit.get()));
}

std::optional<std::string> Repository::merge_base(
    const std::string& a, const std::string& b) const {
  const auto first = need_commit(impl_->get(), a);
  const auto second = need_commit(impl_->get(), b);
  git_oid base;
  const int code =
      git_merge_base(&base, impl_->get(), git_commit_id(first.get()), git_commit_id(second.get()));
  return code == 0 ? std::optional(hex(base)) : std::nullopt;
}

std::optional<std::string> Repository::read_file(
    const std::string& commit, const std::string& path) const {
  const auto tree = tree_of(impl_->get(), commit);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree.get(), path.c_str()) < 0) return std::nullopt;
  const Handle<git_tree_entry, git_tree_entry_free> owned(entry);
  if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return std::nullopt;
  git_blob* blob = nullptr;
  check(git_blob_lookup(&blob, impl_->get(), git_tree_entry_id(entry)), "cannot read " + path);
  const Handle<git_blob, git_blob_free> content(blob);
  return std::string(
      static_cast<const char*>(git_blob_rawcontent(blob)),
      static_cast<std::size_t>(git_blob_rawsize(blob)));
}

std::vector<std::string> Repository::list_folder(
    const std::string& commit, const std::string& path) const {
  const auto tree = tree_of(impl_->get(), commit);
  git_object* object = nullptr;
  const auto spec = hex(*git_tree_id(tree.get())) + ":" + path;
  if (git_revparse_single(&object, impl_->get(), spec.c_str()) < 0) return {};
  const Object owned(object);
  if (git_object_type(object) != GIT_OBJECT_TREE) return {};
  const auto* folder = reinterpret_cast<const git_tree*>(object);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < git_tree_entrycount(folder); ++i) {
    const auto* entry = git_tree_entry_byindex(folder, i);
    if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
      names.emplace_back(git_tree_entry_name(entry));
  }
  return names;
}

bool Repository::has_folder(const std::string& commit, const std::string& path) const {
  const auto tree = tree_of(impl_->get(), commit);
  const auto plain = std::filesystem::path(path).lexically_normal();
  std::filesystem::path above;
  for (const auto& name : plain) {
    if (name.empty() || name == ".") continue;  // the last one of "a/", the root itself
    above /= name;
    git_tree_entry* entry = nullptr;
    if (git_tree_entry_bypath(&entry, tree.get(), above.c_str()) < 0) return false;
    const Handle<git_tree_entry, git_tree_entry_free> owned(entry);
    if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK) return true;
    if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) return false;
  }
  return true;
}

bool Repository::is_shallow() const {
  return git_repository_is_shallow(impl_->get()) == 1;
}

}  // namespace crun::executor::git
