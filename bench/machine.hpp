// What a figure has to be read with: the machine, its kernel and its engine.
#pragma once

#include <map>
#include <string>

namespace crun::bench {

/// "processor", "cores", "memory", "kernel", "system", "engine"; what cannot be found out is
/// absent.
std::map<std::string, std::string> machine_facts();

}  // namespace crun::bench
