// What GitHub allows at each place of a workflow or an action.yml, as data: kinds of values, keys,
// contexts and functions. The tables are workflow_schema.cpp, event_schema.cpp, action_schema.cpp;
// token_reader reads by them. A place may use every context of the places around it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/expression/expression.hpp"

namespace crun::workflow::schema {

/// What `${{ }}` may name at a place: contexts, and the functions that are not known everywhere.
enum Name : std::uint32_t {
  github = 1U << 0,
  inputs = 1U << 1,
  vars = 1U << 2,
  needs = 1U << 3,
  strategy = 1U << 4,
  matrix = 1U << 5,
  secrets = 1U << 6,
  steps = 1U << 7,
  job = 1U << 8,
  runner = 1U << 9,
  env = 1U << 10,
  jobs = 1U << 11,
  hash_files = 1U << 12,
  job_status = 1U << 13,   // always, cancelled; success and failure may name jobs
  step_status = 1U << 14,  // always, cancelled, success, failure
};
using Names = std::uint32_t;

/// Names in the form that the expression parser takes. The reference stays valid.
const ExpressionNames& expression_names(Names names);

/// The bit of a context; 0 if there is none of this name.
Names context_named(std::string_view name);

struct Place;

struct Key {
  std::string_view name;
  const Place* value;
  bool required = false;
};

/// One of the ways in which a mapping may be written: a step with `run`, a step with `uses`.
struct Shape {
  std::span<const Key> keys = {};
  const Place* others = nullptr;  // the values of any other keys; null: there are none
  bool empty_keys = false;        // may those other keys be empty?
};

enum Scalar : std::uint8_t { null = 1, boolean = 2, number = 4, text = 8, filled_text = 16 };

struct Place {
  std::uint8_t scalars = 0;  // of Scalar; filled_text is text that is not empty
  std::span<const std::string_view> values = {};  // the only texts allowed, besides `scalars`
  const Place* items = nullptr;                   // of a sequence; null: a sequence is not allowed
  std::span<const Shape> shapes = {};             // of a mapping; none: a mapping is not allowed
  Names names = 0;                                // besides those of the place around this one
  bool condition = false;                         // the text is an expression without `${{ }}`
  bool ignores_unknown_keys = false;              // GitHub reads over them
};

extern const Place workflow;
extern const Place on;                // of workflow
extern const Place step;              // of a job
extern const Place action;            // action.yml as the runner reads it
extern const Place published_action;  // as GitHub wants it: name, description, no unknown keys
extern const Place branding;          // of published_action
extern const Place any;               // whatever YAML can say

/// Names allowed at a place of the workflow, for those who parse expressions themselves.
inline constexpr Names run_time =
    github | inputs | vars | needs | strategy | matrix | secrets | steps | job | runner | env;
inline constexpr Names job_condition = github | inputs | vars | needs | job_status;
inline constexpr Names step_condition = (run_time & ~secrets) | hash_files | step_status;
inline constexpr Names action_run_time =
    github | inputs | strategy | matrix | steps | job | runner | env;
inline constexpr Names action_condition = action_run_time | hash_files | step_status;
inline constexpr Names action_hook_condition =
    (action_run_time & ~steps) | hash_files | step_status;

/// Paths of the workflow where a context or function is known, outermost only:
/// {"jobs.<job_id>.steps[*].env", ...}. For help texts.
std::vector<std::string> places_with(Names name);

}  // namespace crun::workflow::schema
