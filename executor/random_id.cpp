#include "executor/random_id.hpp"

#include <cerrno>

#include <sys/random.h>

#include "executor/error.hpp"

namespace crun::executor {

std::string random_hex(int digits) {
  std::string text(static_cast<std::size_t>(digits), '\0');
  // So few bytes come whole, as soon as the machine has any.
  while (::getrandom(text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    if (errno != EINTR) throw Error("no random numbers: " + system_error_text(errno));
  }
  for (char& digit : text) digit = "0123456789abcdef"[static_cast<unsigned char>(digit) % 16];
  return text;
}

std::string random_uuid() {
  std::string text = random_hex(36);
  for (const std::size_t dash : {8, 13, 18, 23}) text[dash] = '-';
  text[14] = '4';
  text[19] = "89ab"[static_cast<unsigned char>(text[19]) % 4];
  return text;
}

}  // namespace crun::executor
