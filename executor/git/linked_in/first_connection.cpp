// What a libgit2 that is linked in needs for connections, made before the first one and not when
// libgit2 starts.
//
// Its start reads all certificate authorities of the machine, gathers randomness, looks its ciphers
// up: more than everything else a run does before its first step, and most runs
// never connect. The linker (`--wrap`, cmake/archives.cmake) sends those calls here.
#include <mutex>

extern "C" {

struct git_stream;

int __real_git_mbedtls_stream_global_init();
int __real_git_mbedtls_stream_new(git_stream** made, const char* host, const char* port);
int __real_git_mbedtls_stream_wrap(git_stream** made, git_stream* below, const char* host);

}  // extern "C"

namespace {

/// Once it went well it is done; a connection after one that found no authorities tries again.
int start_tls() {
  static std::mutex guard;
  static bool started = false;
  const std::scoped_lock lock(guard);
  if (started) return 0;
  const int code = __real_git_mbedtls_stream_global_init();
  started = code == 0;
  return code;
}

}  // namespace

extern "C" {

int __wrap_git_mbedtls_stream_global_init() {
  return 0;
}

int __wrap_git_mbedtls_stream_new(git_stream** made, const char* host, const char* port) {
  const int code = start_tls();
  return code != 0 ? code : __real_git_mbedtls_stream_new(made, host, port);
}

int __wrap_git_mbedtls_stream_wrap(git_stream** made, git_stream* below, const char* host) {
  const int code = start_tls();
  return code != 0 ? code : __real_git_mbedtls_stream_wrap(made, below, host);
}

}  // extern "C"
