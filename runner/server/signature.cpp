#include "runner/server/signature.hpp"

#include <climits>

#include <openssl/crypto.h>

#include "executor/files/sha256.hpp"

namespace crun::runner {

bool signature_matches(const std::string& secret, std::string_view body, std::string_view header) {
  constexpr std::string_view scheme = "sha256=";
  if (secret.empty() || secret.size() > INT_MAX || !header.starts_with(scheme)) return false;
  header.remove_prefix(scheme.size());

  const auto wanted = executor::to_hex(executor::hmac_sha256(secret, body));
  return header.size() == wanted.size() &&
         ::CRYPTO_memcmp(header.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace crun::runner
