// `options:` of a job container or service: words for `docker run`, from an allow-list. What is
// missing from it would take the container out of crun's hands (its name space of networks, its
// program, its life time), as `--network` and `--entrypoint` are not supported on GitHub.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

/// Words as a command line has them: quotes and backslashes count, nothing is expanded. Throws
/// Error for a quote that is not closed.
std::vector<std::string> split_options(std::string_view text);

/// The words, each option with its value. Throws Error that names the option that is not allowed.
std::vector<std::string> check_options(std::string_view text);

}  // namespace crun::executor
