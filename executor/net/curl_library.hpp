// libcurl, loaded when it is first needed: it brings thirty libraries along, which would cost every
// step of a built-in action and the start of every run more than all the rest.
#pragma once

#include <curl/curl.h>

namespace crun::executor {

/// The functions of libcurl that crun uses.
struct CurlLibrary {
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

/// Loaded and set up once, for all threads. Throws Error where it is not installed.
const CurlLibrary& curl_library();

}  // namespace crun::executor
