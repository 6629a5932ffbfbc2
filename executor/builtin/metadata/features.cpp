#include "executor/builtin/metadata/features.hpp"

namespace crun::executor::builtin {

namespace {

ListOptions::Comments comments_of(const Version& version) {
  if (version >= Version{6, 0, 0}) return ListOptions::Comments::line_start;
  // The move to the toolkit lost them for two versions.
  const bool lost = version >= Version{4, 4, 0} && version < Version{4, 6, 0};
  return lost ? ListOptions::Comments::none : ListOptions::Comments::anywhere;
}

}  // namespace

MetadataFeatures::MetadataFeatures(const Version& version)
    : comments(comments_of(version)),
      late_cleaning(version >= Version{4, 0, 0}),
      always_pull_head(version == Version{4, 1, 0}),
      pull_head_by_env(version >= Version{4, 1, 1}),
      zones(version >= Version{4, 2, 0}),
      values_with_equals(version >= Version{4, 2, 0}),
      exports_variables(version >= Version{4, 3, 0}),
      keeps_state(version >= Version{4, 4, 0}),
      git_context(version >= Version{4, 4, 0}),
      sorts_labels(version >= Version{4, 6, 0}),
      images_optional(version >= Version{5, 1, 0}),
      annotations(version >= Version{5, 1, 0}),
      own_annotations(version >= Version{5, 2, 0}),
      runner_temp(version >= Version{5, 2, 0}),
      bake_files_with_cwd(version == Version{5, 5, 0}),
      commit_date(version >= Version{5, 6, 0}),
      short_sha_length(version == Version{5, 6, 0} ? 12 : 7),
      short_sha_length_env(version >= Version{5, 6, 0}),
      label_expressions(version >= Version{5, 7, 0}),
      export_switch(version >= Version{5, 7, 0}),
      match_in_versions(version >= Version{5, 8, 0}),
      not_default_branch(version >= Version{5, 8, 0}),
      tag_names(version >= Version{5, 9, 0}) {}

}  // namespace crun::executor::builtin
