// The type of a plain scalar by the YAML 1.2 core schema, as GitHub's reader decides it.
#pragma once

#include <string>
#include <string_view>

#include "workflow/yaml/node.hpp"

namespace crun::workflow {

/// Types `node` by its text: null, boolean, number or else string.
void type_plain_scalar(Node& node);

/// Types `node` by an explicit tag ("tag:yaml.org,2002:int"). Gives a message if that is not
/// possible.
std::string type_tagged_scalar(Node& node, std::string_view tag);

}  // namespace crun::workflow
