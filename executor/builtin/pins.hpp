// Which version a ref of a well-known action names: facts read from the actions' own tags, so that
// `@9780b0c...` is known to be v3.3.0 without the network.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/lint/lint.hpp"

namespace crun::executor::builtin {

/// All tags of an action, newest first; empty when the action is not well known. The name of the
/// repository ignores case.
std::vector<workflow::ActionPin> pins_of(std::string_view repository);

/// Is this ref in the table? A full commit that is not gets the newest behaviour, and a warning.
bool is_known_ref(std::string_view repository, std::string_view ref);

}  // namespace crun::executor::builtin
