// Kerberos for a libgit2 that is linked in: loaded when a remote asks for it (`WWW-Authenticate:
// Negotiate`), since its libraries would cost the start of every run more than reading the workflow
// does.
//
// The functions and the object identifier are those of RFC 2744; all types are pointers here, which
// is what they are.
#include <cstdint>

#include <dlfcn.h>

namespace {

/// GSS_S_UNAVAILABLE: what a machine without Kerberos answers.
constexpr std::uint32_t unavailable = 16U << 16U;

template <typename... Arguments>
std::uint32_t call(const char* name, std::uint32_t* minor, Arguments... arguments) {
  static void* const library = dlopen("libgssapi_krb5.so.2", RTLD_NOW | RTLD_LOCAL);
  using Function = std::uint32_t (*)(std::uint32_t*, Arguments...);
  const auto function = library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
  if (function) return function(minor, arguments...);
  *minor = 0;
  return unavailable;
}

struct ObjectIdentifier {
  std::uint32_t length;
  const void* elements;
};

// {iso(1) member-body(2) US(840) mit(113554) infosys(1) gssapi(2) generic(1) service_name(4)}
constexpr unsigned char service_name[] = {
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x04};
constexpr ObjectIdentifier host_based_service = {sizeof service_name, service_name};

}  // namespace

extern "C" {

const void* GSS_C_NT_HOSTBASED_SERVICE = &host_based_service;

std::uint32_t gss_import_name(std::uint32_t* minor, void* text, void* type, void** name) {
  *name = nullptr;
  return call("gss_import_name", minor, text, type, name);
}

std::uint32_t gss_indicate_mechs(std::uint32_t* minor, void** mechanisms) {
  *mechanisms = nullptr;
  return call("gss_indicate_mechs", minor, mechanisms);
}

std::uint32_t gss_init_sec_context(
    std::uint32_t* minor,
    void* credential,
    void** context,
    void* target,
    void* mechanism,
    std::uint32_t flags,
    std::uint32_t seconds,
    void* bindings,
    void* input,
    void** actual,
    void* output,
    std::uint32_t* flags_out,
    std::uint32_t* seconds_out) {
  return call(
      "gss_init_sec_context",
      minor,
      credential,
      context,
      target,
      mechanism,
      flags,
      seconds,
      bindings,
      input,
      actual,
      output,
      flags_out,
      seconds_out);
}

std::uint32_t gss_display_status(
    std::uint32_t* minor,
    std::uint32_t status,
    int kind,
    void* mechanism,
    std::uint32_t* more,
    void* text) {
  return call("gss_display_status", minor, status, kind, mechanism, more, text);
}

std::uint32_t gss_delete_sec_context(std::uint32_t* minor, void** context, void* output) {
  return call("gss_delete_sec_context", minor, context, output);
}

std::uint32_t gss_release_buffer(std::uint32_t* minor, void* buffer) {
  return call("gss_release_buffer", minor, buffer);
}

std::uint32_t gss_release_name(std::uint32_t* minor, void** name) {
  return call("gss_release_name", minor, name);
}

std::uint32_t gss_release_oid_set(std::uint32_t* minor, void** set) {
  return call("gss_release_oid_set", minor, set);
}

}  // extern "C"
