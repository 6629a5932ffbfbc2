#include "runner/server/signature.hpp"

#include <sodium/utils.h>

#include "executor/files/sha256.hpp"

namespace crun::runner {

bool signature_matches(const std::string& secret, std::string_view body, std::string_view header) {
  constexpr std::string_view scheme = "sha256=";
  if (secret.empty() || !header.starts_with(scheme)) return false;
  header.remove_prefix(scheme.size());

  const auto wanted = executor::to_hex(executor::hmac_sha256(secret, body));
  return header.size() == wanted.size() &&
         ::sodium_memcmp(header.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace crun::runner
