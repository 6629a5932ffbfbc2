#include "runner/server/assets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

// CRUN_PAGES is the folder of the files; CMake makes this file depend on each of them.
#define CRUN_PAGE(symbol, file)                                                           \
  asm(".pushsection .rodata\n"                                                            \
      "crun_page_" #symbol                                                                \
      "_begin:\n"                                                                         \
      ".incbin \"" CRUN_PAGES "/" file                                                    \
      "\"\n"                                                                              \
      "crun_page_" #symbol                                                                \
      "_end:\n"                                                                           \
      ".popsection\n");                                                                   \
  extern "C" const char crun_page_##symbol##_begin[], crun_page_##symbol##_end[];         \
  static std::string_view symbol##_text() {                                               \
    return {                                                                              \
        crun_page_##symbol##_begin,                                                       \
        static_cast<std::size_t>(crun_page_##symbol##_end - crun_page_##symbol##_begin)}; \
  }

CRUN_PAGE(list, "list.html")
CRUN_PAGE(run, "run.html")
CRUN_PAGE(error, "error.html")
CRUN_PAGE(style, "style.css")
CRUN_PAGE(list_script, "list.js")
CRUN_PAGE(run_script, "run.js")
CRUN_PAGE(times_script, "times.js")
CRUN_PAGE(icon, "icon.svg")

#undef CRUN_PAGE

namespace crun::runner {

namespace {

/// FNV-1a: a browser asks whether it has this very text.
std::string etag_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211U;
  return fmt::format("\"{:016x}\"", hash);
}

Asset asset(std::string_view name, std::string_view content_type, std::string_view text) {
  return {name, content_type, text, etag_of(text)};
}

}  // namespace

const Asset* find_asset(std::string_view name) {
  static const std::array<Asset, 5> assets = {
      asset("style.css", "text/css; charset=utf-8", style_text()),
      asset("list.js", "text/javascript; charset=utf-8", list_script_text()),
      asset("run.js", "text/javascript; charset=utf-8", run_script_text()),
      asset("times.js", "text/javascript; charset=utf-8", times_script_text()),
      asset("icon.svg", "image/svg+xml", icon_text())};
  const auto* found = std::find_if(
      assets.begin(), assets.end(), [name](const Asset& other) { return other.name == name; });
  return found == assets.end() ? nullptr : found;
}

std::string_view list_template() {
  return list_text();
}
std::string_view run_template() {
  return run_text();
}
std::string_view error_template() {
  return error_text();
}

}  // namespace crun::runner
