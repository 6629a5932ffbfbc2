#include "executor/builtin/metadata/collation.hpp"

#include <algorithm>
#include <array>

namespace crun::executor::builtin {

namespace {

/// ASCII in ICU's primary order; letters stand for both cases. Control characters are ignored.
constexpr std::string_view order =
    "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

constexpr std::array<int, 256> make_weights() {
  std::array<int, 256> weights{};
  for (int c = 128; c < 256; ++c) weights[static_cast<std::size_t>(c)] = 1000 + c;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto c = static_cast<unsigned char>(order[i]);
    weights[c] = static_cast<int>(i) + 1;
    if (c >= 'a' && c <= 'z') weights[c - 'a' + 'A'] = static_cast<int>(i) + 1;
  }
  return weights;
}

/// 0: the character does not count.
constexpr auto weights = make_weights();

int weight(char c) {
  return weights[static_cast<unsigned char>(c)];
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

void skip_ignored(std::string_view& text) {
  while (!text.empty() && weight(text.front()) == 0) text.remove_prefix(1);
}

}  // namespace

int compare_as_locale(std::string_view left, std::string_view right) {
  int by_case = 0;
  for (;;) {
    skip_ignored(left);
    skip_ignored(right);
    if (left.empty() || right.empty()) break;
    const int difference = weight(left.front()) - weight(right.front());
    if (difference != 0) return difference;
    if (by_case == 0) by_case = is_upper(left.front()) - is_upper(right.front());
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  if (!left.empty() || !right.empty()) return left.empty() ? -1 : 1;
  return by_case;
}

}  // namespace crun::executor::builtin
