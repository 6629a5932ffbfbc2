// The refs of a snapshot: what a clone of the user's repository would have, if that were `origin`.
#pragma once

#include <map>
#include <string>

struct git_repository;

namespace crun::executor::git {

struct RefTarget {
  std::string id;
  std::string peeled;  // of an annotated tag: the object it names
};

using Refs = std::map<std::string, RefTarget>;

/// Local branches as refs/remotes/origin/*, over the branches that only origin has; tags as they
/// are. On top of that the ref checked out: a branch is also a local one, a pull request is
/// refs/remotes/pull/*, as actions/checkout has it.
Refs snapshot_refs(git_repository* repository, const std::string& ref, const std::string& commit);

/// Only what a shallow fetch of one ref brings.
Refs single_ref(const std::string& ref, const std::string& commit);

/// The file packed-refs.
std::string packed_refs(const Refs& refs);

}  // namespace crun::executor::git
