// A look at all bytes of a text, many at a time: logs are long, and nearly all of them is plain.
#pragma once

#include <cstddef>
#include <string_view>

namespace crun::executor {

/// Is there a byte for which `is` holds? Blocks of fixed size become vector instructions.
template <typename Is>
bool any_byte(std::string_view text, Is is) {
  constexpr std::size_t block = 32;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t at = 0;
  for (; at + block <= text.size(); at += block) {
    unsigned char found = 0;
    for (std::size_t i = 0; i < block; ++i) found |= static_cast<unsigned char>(is(bytes[at + i]));
    if (found != 0) return true;
  }
  for (; at < text.size(); ++at) {
    if (is(bytes[at])) return true;
  }
  return false;
}

}  // namespace crun::executor
