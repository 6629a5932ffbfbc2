// The keys of action.yml. The runner reads over unknown keys at the top, so that actions written
// for other times and tools still run; `published_action` is what GitHub's editor accepts.

#include "workflow/model/schema.hpp"

namespace crun::workflow::schema {

namespace {

constexpr Names run_names = action_run_time | hash_files;

constexpr Place plain_text{.scalars = text};
constexpr Place plain_filled_text{.scalars = filled_text};
constexpr Place plain_boolean{.scalars = boolean};

constexpr Place input_default{
    .scalars = text, .names = github | strategy | matrix | job | runner | hash_files};
constexpr Key input_keys[] = {
    {"description", &plain_text},
    {"required", &plain_boolean},
    {"default", &input_default},
    {"deprecationMessage", &plain_text},
};
constexpr Shape input_shapes[] = {{.keys = input_keys, .others = &any}};
constexpr Place input{.shapes = input_shapes};
constexpr Shape inputs_shapes[] = {{.others = &input}};
constexpr Place inputs_place{.shapes = inputs_shapes};

constexpr Place output_value{.scalars = text, .names = action_run_time};
constexpr Key output_keys[] = {{"description", &plain_text}, {"value", &output_value}};
constexpr Shape output_shapes[] = {{.keys = output_keys}};
constexpr Place output{.shapes = output_shapes};
constexpr Shape outputs_shapes[] = {{.others = &output}};
constexpr Place outputs_place{.shapes = outputs_shapes};

// -- runs -----------------------------------------------------------------------------------------

constexpr Place hook_condition{.scalars = text, .names = action_hook_condition, .condition = true};

constexpr Place argument{.scalars = text, .names = inputs};
constexpr Place arguments{.items = &argument};
constexpr Shape argument_by_name[] = {{.others = &plain_text}};
constexpr Place docker_env{.shapes = argument_by_name, .names = inputs};
constexpr Key docker_keys[] = {
    {"using", &plain_filled_text, true},
    {"image", &plain_filled_text, true},
    {"entrypoint", &plain_filled_text},
    {"args", &arguments},
    {"env", &docker_env},
    {"pre-entrypoint", &plain_filled_text},
    {"pre-if", &hook_condition},
    {"post-entrypoint", &plain_filled_text},
    {"post-if", &hook_condition},
};
constexpr Key node_keys[] = {
    {"using", &plain_filled_text, true},
    {"main", &plain_filled_text, true},
    {"pre", &plain_filled_text},
    {"pre-if", &hook_condition},
    {"post", &plain_filled_text},
    {"post-if", &hook_condition},
};

constexpr Place step_text{.scalars = text, .names = run_names};
constexpr Place step_boolean{.scalars = boolean, .names = run_names};
constexpr Place step_if{.scalars = text, .names = action_condition, .condition = true};
constexpr Shape text_by_name[] = {{.others = &plain_text}};
constexpr Place step_env{.shapes = text_by_name, .names = run_names};
constexpr Key run_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"if", &step_if},
    {"run", &step_text, true},
    {"env", &step_env},
    {"continue-on-error", &step_boolean},
    {"working-directory", &step_text},
    {"shell", &step_text, true},
};
constexpr Key uses_step_keys[] = {
    {"name", &step_text},
    {"id", &plain_filled_text},
    {"if", &step_if},
    {"uses", &plain_filled_text, true},
    {"continue-on-error", &step_boolean},
    {"with", &step_env},
    {"env", &step_env},
};
constexpr Shape step_shapes[] = {{.keys = run_step_keys}, {.keys = uses_step_keys}};
constexpr Place composite_step{.shapes = step_shapes};
constexpr Place composite_steps{.items = &composite_step};
constexpr Key composite_keys[] = {
    {"using", &plain_filled_text, true},
    {"steps", &composite_steps, true},
};

constexpr Shape runs_shapes[] = {
    {.keys = docker_keys}, {.keys = node_keys}, {.keys = composite_keys}};
constexpr Place runs{.shapes = runs_shapes};

// -- the file -------------------------------------------------------------------------------------

constexpr Key published_keys[] = {
    {"name", &plain_filled_text, true},
    {"description", &plain_text, true},
    {"author", &plain_text},
    {"inputs", &inputs_place},
    {"outputs", &outputs_place},
    {"runs", &runs, true},
    {"branding", &branding},
};
constexpr Shape published_shapes[] = {{.keys = published_keys}};

constexpr Key action_keys[] = {
    {"name", &plain_text},
    {"description", &plain_text},
    {"inputs", &inputs_place},
    {"outputs", &outputs_place},
    {"runs", &runs, true},
};
constexpr Shape action_shapes[] = {{.keys = action_keys, .others = &any}};

}  // namespace

constinit const Place action{.shapes = action_shapes};
constinit const Place published_action{.shapes = published_shapes};

}  // namespace crun::workflow::schema
