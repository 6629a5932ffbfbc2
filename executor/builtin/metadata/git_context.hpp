// `context: git` of docker/metadata-action: ref, commit and date of what is checked out.
#pragma once

#include <optional>
#include <string>

#include "executor/builtin/metadata/moment.hpp"

namespace crun::executor::builtin {

struct GitContext {
  std::string ref;
  std::string sha;
  std::optional<Instant> commit_date;
};

/// Asks git in the current folder. Throws Failed with git's own words.
GitContext read_git_context(bool with_date);

}  // namespace crun::executor::builtin
