// How paths-filter writes lists of files into outputs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

enum class ListFormat { none, csv, json, shell, escape };

std::optional<ListFormat> list_format_of(std::string_view name);

/// Paths joined by commas or blanks, quoted only where they need it.
std::string format_list(const std::vector<std::string>& paths, ListFormat format);

}  // namespace crun::executor::builtin
