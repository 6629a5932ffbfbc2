// The events of `on`: their activity types, filters and inputs. Written as a string, a list of
// strings or a mapping; no expressions but in the defaults and outputs of workflow_call.

#include <array>
#include <iterator>

#include "workflow/model/schema.hpp"

namespace crun::workflow::schema {

namespace {

constexpr Place plain_text{.scalars = text};
constexpr Place plain_filled_text{.scalars = filled_text};
constexpr Place plain_boolean{.scalars = boolean};
constexpr Place filled_texts{.items = &plain_filled_text};
constexpr Place patterns{.scalars = filled_text, .items = &plain_filled_text};
constexpr Place nothing{.scalars = null};

// `types:` of an event: one activity or a list of them.
#define CRUN_ACTIVITIES(event, ...)                           \
  constexpr std::string_view event##_words[] = {__VA_ARGS__}; \
  constexpr Place event##_word{.values = event##_words};      \
  constexpr Place event##_types{.values = event##_words, .items = &event##_word};

// An event that has `types` and no other key.
#define CRUN_EVENT(event, ...)                                 \
  CRUN_ACTIVITIES(event, __VA_ARGS__)                          \
  constexpr Key event##_keys[] = {{"types", &event##_types}};  \
  constexpr Shape event##_shapes[] = {{.keys = event##_keys}}; \
  constexpr Place event{.scalars = null, .shapes = event##_shapes};

CRUN_EVENT(branch_protection_rule, "created", "edited", "deleted")
CRUN_EVENT(check_run, "completed", "created", "rerequested", "requested_action")
CRUN_EVENT(check_suite, "completed")
CRUN_EVENT(
    discussion,
    "created",
    "edited",
    "deleted",
    "transferred",
    "pinned",
    "unpinned",
    "labeled",
    "unlabeled",
    "locked",
    "unlocked",
    "category_changed",
    "answered",
    "unanswered")
CRUN_EVENT(comment, "created", "edited", "deleted")
CRUN_EVENT(
    issues,
    "opened",
    "edited",
    "deleted",
    "transferred",
    "pinned",
    "unpinned",
    "closed",
    "reopened",
    "assigned",
    "unassigned",
    "labeled",
    "unlabeled",
    "locked",
    "unlocked",
    "milestoned",
    "demilestoned",
    "field_added",
    "field_removed",
    "typed",
    "untyped")
CRUN_EVENT(label, "created", "edited", "deleted")
CRUN_EVENT(milestone, "created", "closed", "opened", "edited", "deleted")
CRUN_EVENT(project, "created", "closed", "reopened", "edited", "deleted")
CRUN_EVENT(project_card, "created", "moved", "converted", "edited", "deleted")
CRUN_EVENT(project_column, "created", "updated", "moved", "deleted")
CRUN_EVENT(pull_request_review, "submitted", "edited", "dismissed")
CRUN_EVENT(registry_package, "published", "updated")
CRUN_EVENT(
    release, "published", "unpublished", "created", "edited", "deleted", "prereleased", "released")
CRUN_EVENT(watch, "started")

CRUN_ACTIVITIES(image_version, "created", "ready", "deleted")
constexpr Key image_version_keys[] = {
    {"types", &image_version_types},
    {"names", &patterns},
    {"versions", &patterns},
};
constexpr Shape image_version_shapes[] = {{.keys = image_version_keys}};
constexpr Place image_version{.scalars = null, .shapes = image_version_shapes};

CRUN_ACTIVITIES(merge_group, "checks_requested")
constexpr Key merge_group_keys[] = {
    {"types", &merge_group_types},
    {"branches", &patterns},
    {"branches-ignore", &patterns},
};
constexpr Shape merge_group_shapes[] = {{.keys = merge_group_keys}};
constexpr Place merge_group{.scalars = null, .shapes = merge_group_shapes};

CRUN_ACTIVITIES(
    pull_request,
    "assigned",
    "unassigned",
    "labeled",
    "unlabeled",
    "opened",
    "edited",
    "closed",
    "reopened",
    "synchronize",
    "converted_to_draft",
    "locked",
    "unlocked",
    "enqueued",
    "dequeued",
    "milestoned",
    "demilestoned",
    "ready_for_review",
    "review_requested",
    "review_request_removed",
    "auto_merge_enabled",
    "auto_merge_disabled",
    "stacked")
constexpr Key pull_request_keys[] = {
    {"types", &pull_request_types},
    {"branches", &patterns},
    {"branches-ignore", &patterns},
    {"paths", &patterns},
    {"paths-ignore", &patterns},
};
constexpr Shape pull_request_shapes[] = {{.keys = pull_request_keys}};
constexpr Place pull_request{.scalars = null, .shapes = pull_request_shapes};

constexpr Key push_keys[] = {
    {"branches", &patterns},
    {"branches-ignore", &patterns},
    {"tags", &patterns},
    {"tags-ignore", &patterns},
    {"paths", &patterns},
    {"paths-ignore", &patterns},
};
constexpr Shape push_shapes[] = {{.keys = push_keys}};
constexpr Place push{.scalars = null, .shapes = push_shapes};

// Any type: the sender chooses it.
constexpr Key repository_dispatch_keys[] = {{"types", &patterns}};
constexpr Shape repository_dispatch_shapes[] = {{.keys = repository_dispatch_keys}};
constexpr Place repository_dispatch{.scalars = null, .shapes = repository_dispatch_shapes};

CRUN_ACTIVITIES(workflow_run, "requested", "completed", "in_progress")
constexpr Key workflow_run_keys[] = {
    {"types", &workflow_run_types},
    {"workflows", &patterns},
    {"branches", &patterns},
    {"branches-ignore", &patterns},
};
constexpr Shape workflow_run_shapes[] = {{.keys = workflow_run_keys}};
constexpr Place workflow_run{.scalars = null, .shapes = workflow_run_shapes};

constexpr Key schedule_keys[] = {
    {"cron", &plain_filled_text, true},
    {"timezone", &plain_filled_text},
};
constexpr Shape schedule_shapes[] = {{.keys = schedule_keys}};
constexpr Place schedule_item{.shapes = schedule_shapes};
constexpr Place schedule{.items = &schedule_item};

// -- workflow_dispatch ----------------------------------------------------------------------------

constexpr std::string_view dispatch_input_words[] = {
    "string", "boolean", "number", "environment", "choice"};
constexpr Place dispatch_input_type{.values = dispatch_input_words};
constexpr Place literal{.scalars = text | boolean | number};
constexpr Key dispatch_input_keys[] = {
    {"description", &plain_text},
    {"type", &dispatch_input_type},
    {"required", &plain_boolean},
    {"default", &literal},
    {"options", &filled_texts},
};
constexpr Shape dispatch_input_shapes[] = {{.keys = dispatch_input_keys}};
constexpr Place dispatch_input{
    .scalars = null, .shapes = dispatch_input_shapes, .ignores_unknown_keys = true};
constexpr Shape dispatch_inputs_shapes[] = {{.others = &dispatch_input}};
constexpr Place dispatch_inputs{.scalars = null, .shapes = dispatch_inputs_shapes};
constexpr Key workflow_dispatch_keys[] = {{"inputs", &dispatch_inputs}};
constexpr Shape workflow_dispatch_shapes[] = {{.keys = workflow_dispatch_keys}};
constexpr Place workflow_dispatch{
    .scalars = null, .shapes = workflow_dispatch_shapes, .ignores_unknown_keys = true};

// -- workflow_call --------------------------------------------------------------------------------

constexpr std::string_view call_input_words[] = {"string", "boolean", "number"};
constexpr Place call_input_type{.values = call_input_words};
constexpr Place call_input_default{
    .scalars = text | boolean | number, .names = github | inputs | vars};
constexpr Key call_input_keys[] = {
    {"description", &plain_text},
    {"type", &call_input_type, true},
    {"required", &plain_boolean},
    {"default", &call_input_default},
};
constexpr Shape call_input_shapes[] = {{.keys = call_input_keys}};
constexpr Place call_input{.shapes = call_input_shapes};
constexpr Shape call_inputs_shapes[] = {{.others = &call_input}};
constexpr Place call_inputs{.shapes = call_inputs_shapes};

constexpr Key call_secret_keys[] = {{"description", &plain_text}, {"required", &plain_boolean}};
constexpr Shape call_secret_shapes[] = {{.keys = call_secret_keys}};
constexpr Place call_secret{.scalars = null, .shapes = call_secret_shapes};
constexpr Shape call_secrets_shapes[] = {{.others = &call_secret}};
constexpr Place call_secrets{.shapes = call_secrets_shapes};

constexpr Place call_output_value{.scalars = text, .names = github | inputs | vars | jobs};
constexpr Key call_output_keys[] = {
    {"description", &plain_text},
    {"value", &call_output_value, true},
};
constexpr Shape call_output_shapes[] = {{.keys = call_output_keys}};
constexpr Place call_output{.shapes = call_output_shapes};
constexpr Shape call_outputs_shapes[] = {{.others = &call_output}};
constexpr Place call_outputs{.shapes = call_outputs_shapes};

constexpr Key workflow_call_keys[] = {
    {"inputs", &call_inputs},
    {"secrets", &call_secrets},
    {"outputs", &call_outputs},
};
constexpr Shape workflow_call_shapes[] = {{.keys = workflow_call_keys}};
constexpr Place workflow_call{.scalars = null, .shapes = workflow_call_shapes};

// -- on -------------------------------------------------------------------------------------------

constexpr Key event_keys[] = {
    {"branch_protection_rule", &branch_protection_rule},
    {"check_run", &check_run},
    {"check_suite", &check_suite},
    {"create", &nothing},
    {"delete", &nothing},
    {"deployment", &nothing},
    {"deployment_status", &nothing},
    {"discussion", &discussion},
    {"discussion_comment", &comment},
    {"fork", &nothing},
    {"gollum", &nothing},
    {"image_version", &image_version},
    {"issue_comment", &comment},
    {"issues", &issues},
    {"label", &label},
    {"merge_group", &merge_group},
    {"milestone", &milestone},
    {"page_build", &nothing},
    {"project", &project},
    {"project_card", &project_card},
    {"project_column", &project_column},
    {"public", &nothing},
    {"pull_request", &pull_request},
    {"pull_request_comment", &comment},
    {"pull_request_review", &pull_request_review},
    {"pull_request_review_comment", &comment},
    {"pull_request_target", &pull_request},
    {"push", &push},
    {"registry_package", &registry_package},
    {"release", &release},
    {"repository_dispatch", &repository_dispatch},
    {"schedule", &schedule},
    {"status", &nothing},
    {"watch", &watch},
    {"workflow_call", &workflow_call},
    {"workflow_dispatch", &workflow_dispatch},
    {"workflow_run", &workflow_run},
};

constexpr auto event_names = [] {
  std::array<std::string_view, std::size(event_keys)> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = event_keys[i].name;
  return names;
}();

constexpr Place event_name{.values = event_names};
constexpr Shape on_shapes[] = {{.keys = event_keys}};

#undef CRUN_EVENT
#undef CRUN_ACTIVITIES

}  // namespace

constinit const Place on{.values = event_names, .items = &event_name, .shapes = on_shapes};

}  // namespace crun::workflow::schema
