#include "fuzz/oracle.hpp"

#include <cstdio>
#include <cstdlib>

namespace crun::fuzz {

void require(bool holds, std::string_view what, std::string_view detail) {
  if (holds) return;
  std::fprintf(
      stderr,
      "not so: %.*s\n%.*s\n",
      static_cast<int>(what.size()),
      what.data(),
      static_cast<int>(detail.size()),
      detail.data());
  std::abort();
}

std::vector<std::string> parts_of(std::string_view text, std::size_t most) {
  std::vector<std::string> parts;
  while (parts.size() + 1 < most) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) break;
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

}  // namespace crun::fuzz
