// The text of `with: args` as words for an image, as GitHub's runner takes it apart: its .NET
// knows double quotes alone. An apostrophe is one, and so is a backslash but before a quote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

std::vector<std::string> argument_words(std::string_view text);

}  // namespace crun::executor
