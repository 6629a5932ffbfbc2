// Runs a program and says which of its functions were called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crun::bench {

/// Where the functions begin that it called, as its linker counts addresses: each once, in the
/// order of their first calls; its threads' too, and its children's until they are another program.
/// What it prints goes to stderr. Throws executor::Error if it has no symbols, cannot be traced or
/// does not end with 0.
std::vector<std::uint64_t> called_functions(const std::vector<std::string>& arguments);

}  // namespace crun::bench
