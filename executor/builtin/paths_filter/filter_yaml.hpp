// YAML as js-yaml 4 loads it, for paths-filter's filters: merge keys are merged, a key that comes
// twice is an error, and errors read the way the original prints them, with the lines around.
#pragma once

#include <string>

#include "workflow/yaml/node.hpp"

namespace crun::executor::builtin {

/// The document; null for a text without one. Throws Failed.
workflow::NodePtr load_filter_yaml(const std::string& text);

}  // namespace crun::executor::builtin
