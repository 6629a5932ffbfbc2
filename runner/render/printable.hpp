// Texts of others on the reader's terminal: names in a workflow and lines of a step may hold bytes
// that a terminal obeys.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace crun::runner {

/// Of one line: colours are dropped whole, other control bytes become visible as a space.
void append_printable(std::string_view text, std::string& out);
std::string printable(std::string_view text);

/// Writes lines that way.
void print(std::FILE* stream, std::string_view text);

}  // namespace crun::runner
