// What the versions of docker/metadata-action do differently, as far as a result shows it. Versions
// before 3.8 are treated as 3.8.
#pragma once

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/list_parser.hpp"

namespace crun::executor::builtin {

struct MetadataFeatures {
  explicit MetadataFeatures(const Version& version);

  ListOptions::Comments comments;
  /// Names are cleaned at the end, not each value on its own.
  bool late_cleaning;         // 4.0
  bool always_pull_head;      // 4.1.0 alone: the head commit of a pull request
  bool pull_head_by_env;      // 4.1.1: DOCKER_METADATA_PR_HEAD_SHA
  bool zones;                 // 4.2: {{date 'x' tz='y'}}
  bool values_with_equals;    // 4.2: `value=a=b` keeps `a=b`
  bool exports_variables;     // 4.3: DOCKER_METADATA_OUTPUT_*
  bool keeps_state;           // 4.4: the toolkit's isPost
  bool git_context;           // 4.4: the input `context`
  bool sorts_labels;          // 4.6: sorted, the last of a name counts
  bool images_optional;       // 5.1
  bool annotations;           // 5.1
  bool own_annotations;       // 5.2: the input `annotations`; before they are the labels
  bool runner_temp;           // 5.2: bake files in $RUNNER_TEMP
  bool bake_files_with_cwd;   // 5.5.0 alone: cwd:// before their names
  bool commit_date;           // 5.6
  int short_sha_length;       // 7; 5.6.0 alone 12
  bool short_sha_length_env;  // 5.6: DOCKER_METADATA_SHORT_SHA_LENGTH
  bool label_expressions;     // 5.7
  bool export_switch;         // 5.7: DOCKER_METADATA_SET_OUTPUT_ENV
  bool match_in_versions;     // 5.8: type=semver,match=
  bool not_default_branch;    // 5.8: {{is_not_default_branch}}
  bool tag_names;             // 5.9
};

}  // namespace crun::executor::builtin
