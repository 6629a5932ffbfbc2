// The library's JSON as a value of expressions.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "workflow/expression/value.hpp"

namespace crun::executor {

/// Objects keep the order of their names; every number is a double.
workflow::Value to_value(const nlohmann::ordered_json& json);

}  // namespace crun::executor
