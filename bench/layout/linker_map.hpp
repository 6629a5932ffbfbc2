// Which piece of the program's text lies where: the linker's map (-Wl,-Map=FILE) of a program whose
// functions have sections of their own (-ffunction-sections).
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace crun::bench {

/// One input section in the program.
struct Piece {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  std::string section;  // ".text.NAME", ".text.startup.NAME", or ".text" where a file has only one
  std::string file;     // "x/libgit2.a(odb.c.o)", or an object's path
};

class LinkerMap {
 public:
  /// Nothing is refused: lines that are no piece of text are passed over.
  explicit LinkerMap(std::istream& map);

  /// Null where no piece is. Lives as long as this.
  const Piece* at(std::uint64_t address) const;

 private:
  std::vector<Piece> pieces_;  // by address
};

/// How a linker script names it: a function wherever it is, and a whole section with its file.
std::string pattern(const Piece& piece);

}  // namespace crun::bench
