// SHA-256, piece by piece and of whole files.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace crun::executor {

using Sha256Digest = std::array<unsigned char, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(const void* bytes, std::size_t size);
  /// Once, at the end.
  Sha256Digest finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Sha256Digest sha256_of(std::string_view bytes);
/// Throws Error, also when it is no regular file or takes too long.
Sha256Digest sha256_of_file(
    const std::filesystem::path& path,
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

/// What a sender who knows the secret adds to its bytes (RFC 2104).
Sha256Digest hmac_sha256(std::string_view secret, std::string_view bytes);

/// In lower-case digits.
std::string to_hex(const Sha256Digest& digest);

}  // namespace crun::executor
