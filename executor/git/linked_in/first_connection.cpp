// What a libgit2 that is linked in needs for connections, made before the first one and not when
// libgit2 starts.
//
// Its start reads all certificate authorities of the machine, gathers randomness and sets OpenSSL
// up: more than everything else a run does before its first step, and most runs never connect. The
// linker (`--wrap`, cmake/archives.cmake) sends those calls here.
#include <mutex>
#include <string>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

namespace {

using EntropySource = int (*)(void*, unsigned char*, std::size_t);

/// libgit2's own objects, of which it has one each, and what was asked of them.
struct Later {
  mbedtls_x509_crt* authorities = nullptr;
  std::string authorities_file;
  mbedtls_entropy_context* entropy = nullptr;
  mbedtls_ctr_drbg_context* generator = nullptr;
  EntropySource source = nullptr;
};

std::mutex guard;
Later later;

}  // namespace

extern "C" {

int __real_mbedtls_x509_crt_parse_file(mbedtls_x509_crt* chain, const char* path);
void __real_mbedtls_entropy_init(mbedtls_entropy_context* entropy);
int __real_mbedtls_ctr_drbg_seed(
    mbedtls_ctr_drbg_context* generator,
    EntropySource source,
    void* entropy,
    const unsigned char* personal,
    std::size_t size);
int __real_mbedtls_ssl_setup(
    mbedtls_ssl_context* connection, const mbedtls_ssl_config* configuration);

int __wrap_mbedtls_x509_crt_parse_file(mbedtls_x509_crt* chain, const char* path) {
  const std::scoped_lock lock(guard);
  later.authorities = chain;
  later.authorities_file = path;
  return 0;
}

void __wrap_mbedtls_entropy_init(mbedtls_entropy_context* entropy) {
  const std::scoped_lock lock(guard);
  *entropy = {};
  later.entropy = entropy;
}

int __wrap_mbedtls_ctr_drbg_seed(
    mbedtls_ctr_drbg_context* generator,
    EntropySource source,
    void*,
    const unsigned char*,
    std::size_t) {
  const std::scoped_lock lock(guard);
  later.generator = generator;
  later.source = source;
  return 0;
}

/// libssh2 does this itself when a session begins.
int __wrap_libssh2_init(int) {
  return 0;
}

int __wrap_mbedtls_ssl_setup(
    mbedtls_ssl_context* connection, const mbedtls_ssl_config* configuration) {
  {
    const std::scoped_lock lock(guard);
    if (later.entropy && later.generator) {
      __real_mbedtls_entropy_init(later.entropy);
      const int seeded =
          __real_mbedtls_ctr_drbg_seed(later.generator, later.source, later.entropy, nullptr, 0);
      if (seeded != 0) return seeded;
    }
    // What cannot be read stays out, and the server's certificate is then refused: nothing is
    // trusted by mistake.
    if (later.authorities)
      __real_mbedtls_x509_crt_parse_file(later.authorities, later.authorities_file.c_str());
    later = {};
  }
  return __real_mbedtls_ssl_setup(connection, configuration);
}

}  // extern "C"
