#include "executor/net/curl_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::executor {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (!function) throw Error(fmt::format("{} of libcurl.so.4 is missing", name));
}

CurlLibrary load() {
  void* library = ::dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    throw Error(fmt::format("cannot load libcurl: {}", ::dlerror()), "install libcurl4");
  }
  decltype(&::curl_global_init) global_init = nullptr;
  find(library, "curl_global_init", global_init);
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("cannot set up libcurl");
  CurlLibrary functions{};
  find(library, "curl_easy_init", functions.easy_init);
  find(library, "curl_easy_setopt", functions.easy_setopt);
  find(library, "curl_easy_perform", functions.easy_perform);
  find(library, "curl_easy_getinfo", functions.easy_getinfo);
  find(library, "curl_easy_strerror", functions.easy_strerror);
  find(library, "curl_easy_cleanup", functions.easy_cleanup);
  find(library, "curl_slist_append", functions.slist_append);
  find(library, "curl_slist_free_all", functions.slist_free_all);
  return functions;
}

}  // namespace

const CurlLibrary& curl_library() {
  static const CurlLibrary functions = load();
  return functions;
}

}  // namespace crun::executor
