// SSH for a libgit2 that is linked in: libssh2, and with it OpenSSL, is loaded when the first
// session begins. Tables of addresses in OpenSSL would be the larger part of what the loader has to
// move when crun starts.
//
// Whatever libgit2 asks of libssh2 it asks of a session, so that libssh2_session_init_ex() comes
// first; the others only jump to where that one found them.
#include <cstdint>

#include <dlfcn.h>
#include <libssh2.h>

#if defined(__x86_64__)
#define CRUN_JUMP(place) "  jmp *" place "(%rip)\n"
#elif defined(__aarch64__)
#define CRUN_JUMP(place) \
  "  adrp x16, " place   \
  "\n"                   \
  "  ldr x16, [x16, :lo12:" place "]\n  br x16\n"
#else
#error "no jump for this processor: the libraries stay shared (cmake/archives.cmake)"
#endif

#define CRUN_SSH_FUNCTIONS(what)                                                                   \
  what(libssh2_agent_connect) what(libssh2_agent_disconnect) what(libssh2_agent_free) what(        \
      libssh2_agent_get_identity) what(libssh2_agent_init) what(libssh2_agent_list_identities)     \
      what(libssh2_agent_userauth) what(libssh2_channel_close) what(libssh2_channel_free) what(    \
          libssh2_channel_open_ex) what(libssh2_channel_process_startup)                           \
          what(libssh2_channel_read_ex) what(libssh2_channel_set_blocking) what(                   \
              libssh2_channel_write_ex) what(libssh2_hostkey_hash) what(libssh2_knownhost_checkp)  \
              what(libssh2_knownhost_free) what(libssh2_knownhost_init)                            \
                  what(libssh2_knownhost_readfile) what(libssh2_session_abstract)                  \
                      what(libssh2_session_disconnect_ex) what(libssh2_session_free) what(         \
                          libssh2_session_handshake) what(libssh2_session_hostkey)                 \
                          what(libssh2_session_last_error) what(libssh2_session_method_pref) what( \
                              libssh2_session_set_blocking) what(libssh2_userauth_authenticated)   \
                              what(libssh2_userauth_keyboard_interactive_ex)                       \
                                  what(libssh2_userauth_list) what(libssh2_userauth_password_ex)   \
                                      what(libssh2_userauth_publickey)                             \
                                          what(libssh2_userauth_publickey_fromfile_ex)             \
                                              what(libssh2_userauth_publickey_frommemory)

#define CRUN_PLACE(name) __attribute__((visibility("hidden"))) void* crun_place_of_##name = nullptr;
#define CRUN_FUNCTION(name)                                         \
  asm(".text\n.globl " #name "\n.type " #name ", %function\n" #name \
      ":\n" CRUN_JUMP("crun_place_of_" #name) ".size " #name ", . - " #name "\n");

extern "C" {
CRUN_SSH_FUNCTIONS(CRUN_PLACE)
}
CRUN_SSH_FUNCTIONS(CRUN_FUNCTION)

namespace {

using SessionInit = decltype(&libssh2_session_init_ex);

/// Null when the library or one of its functions is missing.
SessionInit load() {
  void* const library = dlopen("libssh2.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  bool complete = true;
  const auto find = [&](const char* name) {
    void* const place = dlsym(library, name);
    complete = complete && place != nullptr;
    return place;
  };
#define CRUN_FIND(name) crun_place_of_##name = find(#name);
  CRUN_SSH_FUNCTIONS(CRUN_FIND)
  const auto init = reinterpret_cast<SessionInit>(find("libssh2_session_init_ex"));
  return complete ? init : nullptr;
}

}  // namespace

extern "C" {

/// When libgit2 starts: libssh2 does this itself when a session begins.
int libssh2_init(int) {
  return 0;
}

void libssh2_exit() {}

LIBSSH2_SESSION* libssh2_session_init_ex(
    LIBSSH2_ALLOC_FUNC((*allocate)),
    LIBSSH2_FREE_FUNC((*free)),
    LIBSSH2_REALLOC_FUNC((*reallocate)),
    void* abstract) {
  static const SessionInit init = load();
  return init ? init(allocate, free, reallocate, abstract) : nullptr;
}

}  // extern "C"
