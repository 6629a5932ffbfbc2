#include "executor/builtin/javascript_text.hpp"

#include <array>

namespace crun::executor::builtin {
namespace {

// WhiteSpace and LineTerminator of ECMAScript in UTF-8.
constexpr std::array<std::string_view, 25> blanks = {
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
    "\xEF\xBB\xBF"};

}  // namespace

std::string_view trim_javascript(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : blanks) {
      while (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        again = true;
      }
      while (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return text;
}

}  // namespace crun::executor::builtin
