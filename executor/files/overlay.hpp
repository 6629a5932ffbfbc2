// One folder laid over another (overlayfs): the lower one is seen, and stays as it is; what changes
// goes to folders of the upper one's own. They lie in the target itself, below the mount: when that
// is taken off, they are found there and go with the target.
//
// Only for root. In a user namespace of ours anybody could mount as well, but neither crun nor a
// container engine would see it, and `sudo` would be no good for the steps in there.
#pragma once

#include <filesystem>

namespace crun::executor {

/// `target` is an empty folder; its own permissions stay. False, and nothing has changed, where it
/// cannot be: no rights, a file system that cannot be the upper one, a kernel before 5.10.
bool lay_over(const std::filesystem::path& lower, const std::filesystem::path& target);

/// Takes off what lay_over() put there, so that `target` is an empty folder again. False, and
/// nothing has changed, when it is none of ours, or when something works in there.
bool take_off(const std::filesystem::path& target);

/// Makes mounts below a folder appear in what is bound from it with `rslave`, in containers that
/// are started from here on. remove_tree() undoes it.
bool share_mounts(const std::filesystem::path& folder);

}  // namespace crun::executor
