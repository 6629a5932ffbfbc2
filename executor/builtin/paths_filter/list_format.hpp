// The `list-files` input: how the paths of a filter are written into its output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

enum class ListFormat { none, csv, json, shell, escape };

/// Throws Failed for a value that is none of them.
ListFormat read_list_format(std::string_view text);

std::string format_list(ListFormat format, const std::vector<std::string>& paths);

}  // namespace crun::executor::builtin
