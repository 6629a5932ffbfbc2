// The keys of a workflow and its jobs. Read it from the bottom (`workflow`) upwards.

#include "workflow/model/schema.hpp"

namespace crun::workflow::schema {

namespace {

// -- names --------------------------------------------------------------------------------------

constexpr Names trigger_time = github | inputs | vars;
constexpr Names job_time = trigger_time | needs;
constexpr Names leg_time = job_time | strategy | matrix;
constexpr Names step_time = run_time | hash_files;

// -- scalars ------------------------------------------------------------------------------------

constexpr Place plain_text{.scalars = text};
constexpr Place plain_filled_text{.scalars = filled_text};
constexpr Place plain_boolean{.scalars = boolean};
constexpr Place plain_number{.scalars = number};
constexpr Place filled_texts{.items = &plain_filled_text};
constexpr Place filled_text_or_texts{.scalars = filled_text, .items = &plain_filled_text};

constexpr Place leg_text{.scalars = text, .names = leg_time};
constexpr Place leg_number{.scalars = number, .names = leg_time};
constexpr Place leg_boolean{.scalars = boolean, .names = leg_time};
constexpr Place run_time_text{.scalars = text, .names = run_time};
constexpr Place step_text{.scalars = text, .names = step_time};

// -- shared blocks ------------------------------------------------------------------------------

constexpr std::string_view read_write_none[] = {"read", "write", "none"};
constexpr std::string_view write_none[] = {"write", "none"};
constexpr std::string_view read_none[] = {"read", "none"};
constexpr Place any_level{.values = read_write_none};
constexpr Place write_level{.values = write_none};
constexpr Place read_level{.values = read_none};
constexpr Key permission_keys[] = {
    {"actions", &any_level},
    {"artifact-metadata", &any_level},
    {"attestations", &any_level},
    {"checks", &any_level},
    {"code-quality", &any_level},
    {"contents", &any_level},
    {"copilot-requests", &write_level},
    {"deployments", &any_level},
    {"discussions", &any_level},
    {"drives", &any_level},
    {"id-token", &write_level},
    {"issues", &any_level},
    {"models", &read_level},
    {"packages", &any_level},
    {"pages", &any_level},
    {"pull-requests", &any_level},
    {"repository-projects", &any_level},
    {"security-events", &any_level},
    {"statuses", &any_level},
    {"vulnerability-alerts", &read_level},
};
constexpr Shape permission_shapes[] = {{.keys = permission_keys}};
constexpr std::string_view permission_words[] = {"read-all", "write-all"};
constexpr Place permissions{.values = permission_words, .shapes = permission_shapes};

constexpr std::string_view queue_words[] = {"single", "max"};
constexpr Place queue{.values = queue_words};
constexpr Key concurrency_keys[] = {
    {"group", &plain_filled_text, true},
    {"cancel-in-progress", &plain_boolean},
    {"queue", &queue},
};
constexpr Shape concurrency_shapes[] = {{.keys = concurrency_keys}};
constexpr Place workflow_concurrency{
    .scalars = text, .shapes = concurrency_shapes, .names = trigger_time};
constexpr Place job_concurrency{
    .scalars = filled_text, .shapes = concurrency_shapes, .names = leg_time};

constexpr Key run_default_keys[] = {
    {"shell", &plain_filled_text},
    {"working-directory", &plain_filled_text},
};
constexpr Shape run_default_shapes[] = {{.keys = run_default_keys}};
constexpr Place workflow_run_defaults{.shapes = run_default_shapes};
constexpr Place job_run_defaults{.shapes = run_default_shapes, .names = leg_time | env};
constexpr Key workflow_default_keys[] = {{"run", &workflow_run_defaults}};
constexpr Shape workflow_default_shapes[] = {{.keys = workflow_default_keys}};
constexpr Place workflow_defaults{.shapes = workflow_default_shapes};
constexpr Key job_default_keys[] = {{"run", &job_run_defaults}};
constexpr Shape job_default_shapes[] = {{.keys = job_default_keys}};
constexpr Place job_defaults{.shapes = job_default_shapes};

constexpr Shape text_by_name[] = {{.others = &plain_text}};
constexpr Place workflow_env{.shapes = text_by_name, .names = trigger_time | secrets};
constexpr Place job_env{.shapes = text_by_name, .names = leg_time | secrets};
constexpr Place step_env{.shapes = text_by_name, .names = step_time};

// -- steps --------------------------------------------------------------------------------------

constexpr Place step_condition_place{.scalars = text, .names = step_condition, .condition = true};
constexpr Place step_number{.scalars = number, .names = step_time};
constexpr Place step_boolean{.scalars = boolean, .names = step_time};
constexpr Place wait_all{.scalars = null | boolean};
constexpr Place parallel_steps{.items = &step};

constexpr Key run_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"if", &step_condition_place},
    {"timeout-minutes", &step_number},
    {"run", &step_text, true},
    {"continue-on-error", &step_boolean},
    {"env", &step_env},
    {"working-directory", &step_text},
    {"shell", &plain_filled_text},
    {"background", &plain_boolean},
};
constexpr Key uses_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"if", &step_condition_place},
    {"timeout-minutes", &step_number},
    {"continue-on-error", &step_boolean},
    {"uses", &plain_filled_text, true},
    {"with", &step_env},
    {"env", &step_env},
    {"background", &plain_boolean},
};
constexpr Key wait_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"continue-on-error", &step_boolean},
    {"wait", &filled_text_or_texts, true},
};
constexpr Key wait_all_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"continue-on-error", &step_boolean},
    {"wait-all", &wait_all, true},
};
constexpr Key cancel_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"continue-on-error", &step_boolean},
    {"cancel", &plain_filled_text, true},
};
constexpr Key parallel_step_keys[] = {{"parallel", &parallel_steps, true}};
constexpr Shape step_shapes[] = {
    {.keys = run_step_keys},
    {.keys = uses_step_keys},
    {.keys = wait_step_keys},
    {.keys = wait_all_step_keys},
    {.keys = cancel_step_keys},
    {.keys = parallel_step_keys},
};
constexpr Place step_list{.items = &step};

// -- containers ---------------------------------------------------------------------------------

constexpr Shape container_env_shapes[] = {{.others = &run_time_text}};
constexpr Place container_env{.shapes = container_env_shapes};
constexpr Key credential_keys[] = {
    {"username", &plain_filled_text},
    {"password", &plain_filled_text},
};
constexpr Shape credential_shapes[] = {{.keys = credential_keys}};
constexpr Place credentials{.shapes = credential_shapes, .names = trigger_time | secrets | env};
constexpr Key container_keys[] = {
    {"image", &plain_filled_text},
    {"options", &plain_text},
    {"env", &container_env},
    {"ports", &filled_texts},
    {"volumes", &filled_texts},
    {"credentials", &credentials},
};
constexpr Key service_keys[] = {
    {"image", &plain_filled_text},
    {"options", &plain_text},
    {"entrypoint", &plain_text},
    {"command", &plain_text},
    {"env", &container_env},
    {"ports", &filled_texts},
    {"volumes", &filled_texts},
    {"credentials", &credentials},
};
constexpr Shape container_shapes[] = {{.keys = container_keys}};
constexpr Shape service_shapes[] = {{.keys = service_keys}};
constexpr Place container{.scalars = text, .shapes = container_shapes, .names = leg_time};
constexpr Place service{.scalars = filled_text, .shapes = service_shapes, .names = leg_time};
constexpr Shape services_shapes[] = {{.others = &service}};
constexpr Place services{.shapes = services_shapes, .names = leg_time};

// -- jobs ---------------------------------------------------------------------------------------

constexpr Place job_condition_place{.scalars = text, .names = job_condition, .condition = true};

constexpr Shape matrix_item_shapes[] = {{.others = &any}};
constexpr Place matrix_item{.shapes = matrix_item_shapes};
constexpr Place matrix_items{.items = &matrix_item};
constexpr Place matrix_vector{.items = &any};
constexpr Key matrix_keys[] = {{"include", &matrix_items}, {"exclude", &matrix_items}};
constexpr Shape matrix_shapes[] = {{.keys = matrix_keys, .others = &matrix_vector}};
constexpr Place matrix_place{.shapes = matrix_shapes};
constexpr Key strategy_keys[] = {
    {"fail-fast", &plain_boolean},
    {"max-parallel", &plain_number},
    {"matrix", &matrix_place},
};
constexpr Shape strategy_shapes[] = {{.keys = strategy_keys}};
constexpr Place strategy_place{.shapes = strategy_shapes, .names = job_time};

constexpr Key runs_on_keys[] = {
    {"group", &plain_filled_text},
    {"labels", &filled_text_or_texts},
};
constexpr Shape runs_on_shapes[] = {{.keys = runs_on_keys}};
constexpr Place runs_on{
    .scalars = filled_text,
    .items = &plain_filled_text,
    .shapes = runs_on_shapes,
    .names = leg_time};

constexpr Place environment_url{.scalars = text, .names = run_time & ~secrets};
constexpr Key environment_keys[] = {
    {"name", &plain_text, true},
    {"url", &environment_url},
    {"deployment", &plain_boolean},
};
constexpr Shape environment_shapes[] = {{.keys = environment_keys}};
constexpr Place environment{.scalars = text, .shapes = environment_shapes, .names = leg_time};

constexpr Shape output_shapes[] = {{.others = &run_time_text}};
constexpr Place outputs{.shapes = output_shapes};

constexpr Place snapshot_condition{.scalars = text, .names = leg_time, .condition = true};
constexpr Key snapshot_keys[] = {
    {"image-name", &plain_filled_text, true},
    {"if", &snapshot_condition},
    {"version", &plain_filled_text},
};
constexpr Shape snapshot_shapes[] = {{.keys = snapshot_keys}};
constexpr Place snapshot{.scalars = filled_text, .shapes = snapshot_shapes};

constexpr Place input_value{.scalars = text | boolean | number, .names = leg_time};
constexpr Place secret_value{.scalars = text | boolean | number, .names = leg_time | secrets};
constexpr Shape input_value_shapes[] = {{.others = &input_value}};
constexpr Place input_values{.shapes = input_value_shapes};
constexpr Shape secret_value_shapes[] = {{.others = &secret_value}};
constexpr std::string_view inherit[] = {"inherit"};
constexpr Place secret_values{.values = inherit, .shapes = secret_value_shapes};

constexpr Key job_keys[] = {
    {"needs", &filled_text_or_texts},
    {"if", &job_condition_place},
    {"strategy", &strategy_place},
    {"name", &leg_text},
    {"runs-on", &runs_on, true},
    {"timeout-minutes", &leg_number},
    {"cancel-timeout-minutes", &leg_number},
    {"continue-on-error", &leg_boolean},
    {"container", &container},
    {"services", &services},
    {"env", &job_env},
    {"environment", &environment},
    {"permissions", &permissions},
    {"concurrency", &job_concurrency},
    {"outputs", &outputs},
    {"defaults", &job_defaults},
    {"steps", &step_list},
    {"snapshot", &snapshot},
};
constexpr Key call_keys[] = {
    {"name", &leg_text},
    {"uses", &plain_filled_text, true},
    {"with", &input_values},
    {"secrets", &secret_values},
    {"needs", &filled_text_or_texts},
    {"if", &job_condition_place},
    {"permissions", &permissions},
    {"concurrency", &job_concurrency},
    {"strategy", &strategy_place},
};
constexpr Shape job_shapes[] = {{.keys = job_keys}, {.keys = call_keys}};
constexpr Place job_place{.shapes = job_shapes};
constexpr Shape jobs_shapes[] = {{.others = &job_place}};
constexpr Place jobs_place{.shapes = jobs_shapes};

// -- the file -----------------------------------------------------------------------------------

constexpr Place run_name{.scalars = text, .names = trigger_time};
constexpr Key workflow_keys[] = {
    {"on", &on, true},
    {"name", &plain_text},
    {"description", &plain_text},
    {"run-name", &run_name},
    {"defaults", &workflow_defaults},
    {"env", &workflow_env},
    {"permissions", &permissions},
    {"concurrency", &workflow_concurrency},
    {"jobs", &jobs_place, true},
};
constexpr Shape workflow_shapes[] = {{.keys = workflow_keys}};

constexpr Shape any_shapes[] = {{.others = &any, .empty_keys = true}};

}  // namespace

constinit const Place any{
    .scalars = null | boolean | number | text, .items = &any, .shapes = any_shapes};
constinit const Place step{.shapes = step_shapes};
constinit const Place workflow{.shapes = workflow_shapes};

}  // namespace crun::workflow::schema
