#include "executor/builtin/random_id.hpp"

#include <random>

namespace crun::executor::builtin {

std::string random_hex(int digits) {
  std::random_device source;
  std::string text;
  while (static_cast<int>(text.size()) < digits) text += "0123456789abcdef"[source() % 16];
  return text;
}

std::string random_uuid() {
  std::string text = random_hex(36);
  for (const std::size_t dash : {8, 13, 18, 23}) text[dash] = '-';
  text[14] = '4';
  text[19] = "89ab"[static_cast<unsigned char>(text[19]) % 4];
  return text;
}

}  // namespace crun::executor::builtin
