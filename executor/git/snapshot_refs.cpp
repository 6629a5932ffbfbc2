#include "executor/git/snapshot_refs.hpp"

#include <string_view>

#include <git2.h>

#include "executor/git/library.hpp"

namespace crun::executor::git {

namespace {

constexpr std::string_view heads = "refs/heads/", origin = "refs/remotes/origin/",
                           tags = "refs/tags/", pulls = "refs/pull/";

/// False when the object is not there: a broken ref makes every git command complain.
bool read_target(git_odb* objects, const git_reference* reference, RefTarget& target) {
  const auto* id = git_reference_target(reference);
  std::size_t size = 0;
  git_object_t type{};
  if (!id || git_odb_read_header(&size, &type, objects, id) < 0) return false;
  target.id = hex(*id);
  target.peeled.clear();
  if (type == GIT_OBJECT_TAG) {
    git_object* object = nullptr;
    if (git_reference_peel(&object, reference, GIT_OBJECT_ANY) < 0) return false;
    const Handle<git_object, git_object_free> owned(object);
    target.peeled = hex(*git_object_id(object));
  }
  return true;
}

void add_checked_out(Refs& refs, const std::string& ref, const std::string& commit) {
  if (ref.starts_with(heads)) {
    refs[ref] = {commit, ""};
    refs[std::string(origin) + ref.substr(heads.size())] = {commit, ""};
  } else if (ref.starts_with(tags)) {
    refs.try_emplace(ref, RefTarget{commit, ""});
  } else if (ref.starts_with(pulls)) {
    refs["refs/remotes/pull/" + ref.substr(pulls.size())] = {commit, ""};
  }
}

}  // namespace

Refs snapshot_refs(git_repository* repository, const std::string& ref, const std::string& commit) {
  git_odb* database = nullptr;
  check(git_repository_odb(&database, repository), "cannot open the objects");
  const Handle<git_odb, git_odb_free> objects(database);
  git_reference_iterator* iterator = nullptr;
  check(git_reference_iterator_new(&iterator, repository), "cannot list refs");
  const Handle<git_reference_iterator, git_reference_iterator_free> owned(iterator);
  Refs refs, only_origin;
  git_reference* next = nullptr;
  while (git_reference_next(&next, iterator) == 0) {
    const Handle<git_reference, git_reference_free> reference(next);
    const std::string_view name = git_reference_name(next);
    RefTarget target;
    if (name.starts_with(heads) && read_target(database, next, target)) {
      refs[std::string(origin) + std::string(name.substr(heads.size()))] = target;
    } else if (name.starts_with(tags) && read_target(database, next, target)) {
      refs[std::string(name)] = target;
    } else if (name.starts_with(origin) && read_target(database, next, target)) {
      only_origin[std::string(name)] = target;  // origin/HEAD is symbolic, and stays out
    }
  }
  refs.merge(only_origin);
  add_checked_out(refs, ref, commit);
  return refs;
}

Refs single_ref(const std::string& ref, const std::string& commit) {
  Refs refs;
  add_checked_out(refs, ref, commit);
  return refs;
}

std::string packed_refs(const Refs& refs) {
  std::string text = "# pack-refs with: peeled fully-peeled sorted \n";
  for (const auto& [name, target] : refs) {
    text += target.id + " " + name + "\n";
    if (!target.peeled.empty()) text += "^" + target.peeled + "\n";
  }
  return text;
}

}  // namespace crun::executor::git
