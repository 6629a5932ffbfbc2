// What workflows and jobs both have: permissions, concurrency, defaults, conditions.
#pragma once

#include <string>

#include "workflow/model/schema.hpp"
#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// The text of a string token; empty for everything else and for null.
std::string text_of(const TokenPtr& token);

bool is_expression(const TokenPtr& token);
/// Is there an expression in it or anywhere below it?
bool has_expressions(const TokenPtr& token);

Permissions read_permissions(const Token& token);
Concurrency read_concurrency(const TokenPtr& token, Diagnostics& diagnostics);
RunDefaults read_run_defaults(const TokenPtr& defaults);
/// Of a token that was checked by the schema as a condition; null is success().
Condition read_condition(const TokenPtr& token, schema::Names names);

}  // namespace crun::workflow
