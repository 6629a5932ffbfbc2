#include "executor/builtin/javascript_text.hpp"

#include "tests/catch.hpp"

using crun::executor::builtin::trim_javascript;

TEST_CASE("javascript text: trim takes every Unicode blank and the byte order mark", "[builtin]") {
  CHECK(trim_javascript("\xEF\xBB\xBF\xC2\xA0 a b \xE2\x80\xA8\r\n\t") == "a b");
  CHECK(trim_javascript("\xE3\x80\x80") == "");
  CHECK(trim_javascript("\xC3\xA4") == "\xC3\xA4");
}
