#include "bench/layout/linker_map.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace crun::bench {
namespace {

constexpr std::string_view text = ".text";

/// " 0x1234 0x56 file", which follows the section's name or has a line of its own.
bool read_place(std::istream& words, Piece& piece) {
  words >> std::hex >> piece.begin >> piece.size;
  return static_cast<bool>(words >> piece.file) && piece.size > 0;
}

}  // namespace

LinkerMap::LinkerMap(std::istream& map) {
  std::string section;  // whose place is on the next line
  for (std::string line; std::getline(map, line);) {
    std::istringstream words(line);
    if (line.starts_with(" .text")) {
      words >> section;
    } else if (section.empty() || !line.starts_with("  ")) {
      section.clear();
      continue;
    }
    Piece piece;
    piece.section = section;
    const bool placed = read_place(words, piece);
    if (placed) pieces_.push_back(std::move(piece));
    // A long name stands alone on its line.
    if (placed || line.find("0x") != std::string::npos) section.clear();
  }
  std::sort(pieces_.begin(), pieces_.end(), [](const Piece& left, const Piece& right) {
    return left.begin < right.begin;
  });
}

const Piece* LinkerMap::at(std::uint64_t address) const {
  auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), address, [](std::uint64_t sought, const Piece& piece) {
        return sought < piece.begin;
      });
  if (after == pieces_.begin()) return nullptr;
  const auto& piece = *--after;
  return address < piece.begin + piece.size ? &piece : nullptr;
}

std::string pattern(const Piece& piece) {
  if (piece.section != text) return fmt::format("*({})", piece.section);
  auto file = piece.file.substr(piece.file.rfind('/') + 1);
  if (const auto member = file.find('('); member != std::string::npos) {
    file[member] = ':';
    file.pop_back();
  }
  return fmt::format("*{}({})", file, piece.section);
}

}  // namespace crun::bench
