#include "runner/render/printable.hpp"

#include "tests/catch.hpp"

using crun::runner::printable;

TEST_CASE("printable: what a terminal would obey becomes visible", "[render]") {
  CHECK(printable("a\x1b[31mred\x1b[0m\tb") == "ared\tb");
  CHECK(printable("\x1b]0;title\x07") == " ]0;title ");
  CHECK(printable("line\r") == "line");
  CHECK(
      printable("\xc2\x9b"
                "2J \xc2\xb7 \xc3\xa9") == " 2J \xc2\xb7 \xc3\xa9");
}
