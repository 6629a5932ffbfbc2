// Texts made of many pieces, which hostile files consist of.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace crun::bench {

/// "ababab"
inline std::string repeat(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

/// "a0 a1 a2 "
inline std::string numbered(int count, const std::function<std::string(int)>& text) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text(i);
  return out;
}

}  // namespace crun::bench
