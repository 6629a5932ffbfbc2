// A workspace laid over a stored tree instead of filled with copies: ready in the time of a mount.
//
// Of the user's working tree only what is clean comes from the store; the tree itself is never the
// lower layer, for it may change while the job runs.
#pragma once

#include <filesystem>
#include <optional>

#include "executor/git/snapshot.hpp"
#include "executor/git/tree_store.hpp"

struct git_repository;

namespace crun::executor::git {

class UserTree;

/// Lays request.target over the stored tree of request.commit, or of `tree` if there is one; makes
/// that first when it is not there. Nothing, and the target is as it was, where this cannot be or
/// is not asked for.
std::optional<StoredTree> lay_stored_tree(
    const SnapshotRequest& request,
    const UserTree* tree,
    git_repository* user,
    const TreeStore::Fill& fill);

}  // namespace crun::executor::git
