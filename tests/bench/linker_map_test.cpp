#include "bench/layout/linker_map.hpp"

#include <sstream>

#include "tests/catch.hpp"

using namespace crun::bench;

namespace {

constexpr auto map = R"(Linker script and memory map

.text           0x0000000000009700  0x1284a8c
 .text.startup._GLOBAL__sub_I_main
                0x0000000000009700       0x1a runner/libcrun_runner.a(main.cpp.o)
                0x0000000000009700                main
 .text.short    0x0000000000009720       0x10 main.cpp.o
 .text          0x0000000000009730        0x0 empty.o
 .text          0x0000000000009740      0x100 /usr/lib/libgit2.a(odb.c.o)
 .fill          0x0000000000009840       0x40

.rodata         0x0000000000020000      0x100
 .rodata        0x0000000000020000      0x100 main.cpp.o
)";

std::string pattern_at(std::uint64_t address) {
  std::istringstream text(map);
  const LinkerMap read(text);
  const auto* piece = read.at(address);
  return piece ? pattern(*piece) : "none";
}

}  // namespace

TEST_CASE("linker map: an address is in the piece that covers it", "[bench]") {
  CHECK(pattern_at(0x9700) == "*(.text.startup._GLOBAL__sub_I_main)");
  CHECK(pattern_at(0x9719) == "*(.text.startup._GLOBAL__sub_I_main)");
  CHECK(pattern_at(0x9728) == "*(.text.short)");
}

TEST_CASE("linker map: a file without sections for its functions is named itself", "[bench]") {
  CHECK(pattern_at(0x9790) == "*libgit2.a:odb.c.o(.text)");
}

TEST_CASE("linker map: between and outside the pieces of text is nothing", "[bench]") {
  CHECK(pattern_at(0x96ff) == "none");
  CHECK(pattern_at(0x971a) == "none");
  CHECK(pattern_at(0x9850) == "none");
  CHECK(pattern_at(0x20010) == "none");
}
