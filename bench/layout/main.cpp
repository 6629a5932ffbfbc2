// crun-layout MAP PROGRAM ARGUMENT...: the pieces of text that the program calls, in the order of
// the first calls, as a linker script names them (bench/layout/write).
#include <cstdio>
#include <fstream>
#include <unordered_set>

#include "bench/layout/called.hpp"
#include "bench/layout/linker_map.hpp"

int main(int count, char** words) try {
  if (count < 3) {
    std::fputs("usage: crun-layout MAP PROGRAM ARGUMENT...\n", stderr);
    return 2;
  }
  std::ifstream file(words[1]);
  const crun::bench::LinkerMap map(file);
  std::unordered_set<std::string> seen;
  for (const auto address : crun::bench::called_functions({words + 2, words + count})) {
    const auto* piece = map.at(address);
    if (!piece) continue;
    const auto name = pattern(*piece);
    if (seen.insert(name).second) std::puts(name.c_str());
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "crun-layout: %s\n", error.what());
  return 1;
}
