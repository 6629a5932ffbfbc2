// Classes of picomatch globs, `[a-z]`, as regular expressions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crun::executor::builtin {

/// Characters that mean something in a regular expression; a class with one of them is surely meant
/// as a class.
inline constexpr std::string_view regex_characters = "-*+?.^${}(|)[]";

/// With a backslash before each of them.
std::string escape_for_regex(std::string_view text);

/// Where the class that opens at `open` ends; npos for a bracket that is only a bracket.
std::size_t class_end(std::string_view glob, std::size_t open);

/// The class of what stands between the brackets. One that holds only letters matches its own text
/// as well: `[id]` may be the name of a folder.
std::string class_regex(std::string_view inner);

}  // namespace crun::executor::builtin
