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
constexpr Place plain_texts{.items = &plain_text};
constexpr Place patterns{.scalars = filled_text, .items = &plain_filled_text};
constexpr Place nothing{.scalars = null};

/// `types:` of an event: one activity or a list of them. The parts point at each other, so that an
/// object must stay where it is made.
template <std::size_t count>
struct Activities {
  template <typename... Words>
  constexpr explicit Activities(Words... all) : words{all...} {}
  Activities(const Activities&) = delete;

  std::string_view words[count];
  Place one{.values = words};
  Place place{.values = words, .items = &one};
};
template <typename... Words>
Activities(Words...) -> Activities<sizeof...(Words)>;

/// An event that has `types` and no other key.
template <std::size_t count>
struct Event {
  template <typename... Words>
  constexpr explicit Event(Words... all) : types(all...) {}
  Event(const Event&) = delete;

  Activities<count> types;
  Key keys[1] = {{"types", &types.place}};
  Shape shapes[1] = {{.keys = keys}};
  Place place{.scalars = null, .shapes = shapes};
};
template <typename... Words>
Event(Words...) -> Event<sizeof...(Words)>;

constexpr Event branch_protection_rule("created", "edited", "deleted");
constexpr Event check_run("completed", "created", "rerequested", "requested_action");
constexpr Event check_suite("completed");
constexpr Event discussion(
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
    "unanswered");
constexpr Event comment("created", "edited", "deleted");
constexpr Event issues(
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
    "untyped");
constexpr Event label("created", "edited", "deleted");
constexpr Event milestone("created", "closed", "opened", "edited", "deleted");
constexpr Event project("created", "closed", "reopened", "edited", "deleted");
constexpr Event project_card("created", "moved", "converted", "edited", "deleted");
constexpr Event project_column("created", "updated", "moved", "deleted");
constexpr Event pull_request_review("submitted", "edited", "dismissed");
constexpr Event registry_package("published", "updated");
constexpr Event release(
    "published", "unpublished", "created", "edited", "deleted", "prereleased", "released");
constexpr Event watch("started");

constexpr Activities image_version_types("created", "ready", "deleted");
constexpr Key image_version_keys[] = {
    {"types", &image_version_types.place},
    {"names", &patterns},
    {"versions", &patterns},
};
constexpr Shape image_version_shapes[] = {{.keys = image_version_keys}};
constexpr Place image_version{.scalars = null, .shapes = image_version_shapes};

constexpr Activities merge_group_types("checks_requested");
constexpr Key merge_group_keys[] = {
    {"types", &merge_group_types.place},
    {"branches", &patterns},
    {"branches-ignore", &patterns},
};
constexpr Shape merge_group_shapes[] = {{.keys = merge_group_keys}};
constexpr Place merge_group{.scalars = null, .shapes = merge_group_shapes};

constexpr Activities pull_request_types(
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
    "stacked");
constexpr Key pull_request_keys[] = {
    {"types", &pull_request_types.place},
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

constexpr Activities workflow_run_types("requested", "completed", "in_progress");
constexpr Key workflow_run_keys[] = {
    {"types", &workflow_run_types.place},
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
    {"options", &plain_texts},
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
    {"branch_protection_rule", &branch_protection_rule.place},
    {"check_run", &check_run.place},
    {"check_suite", &check_suite.place},
    {"create", &nothing},
    {"delete", &nothing},
    {"deployment", &nothing},
    {"deployment_status", &nothing},
    {"discussion", &discussion.place},
    {"discussion_comment", &comment.place},
    {"fork", &nothing},
    {"gollum", &nothing},
    {"image_version", &image_version},
    {"issue_comment", &comment.place},
    {"issues", &issues.place},
    {"label", &label.place},
    {"merge_group", &merge_group},
    {"milestone", &milestone.place},
    {"page_build", &nothing},
    {"project", &project.place},
    {"project_card", &project_card.place},
    {"project_column", &project_column.place},
    {"public", &nothing},
    {"pull_request", &pull_request},
    {"pull_request_comment", &comment.place},
    {"pull_request_review", &pull_request_review.place},
    {"pull_request_review_comment", &comment.place},
    {"pull_request_target", &pull_request},
    {"push", &push},
    {"registry_package", &registry_package.place},
    {"release", &release.place},
    {"repository_dispatch", &repository_dispatch},
    {"schedule", &schedule},
    {"status", &nothing},
    {"watch", &watch.place},
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

}  // namespace

constinit const Place on{.values = event_names, .items = &event_name, .shapes = on_shapes};

}  // namespace crun::workflow::schema
