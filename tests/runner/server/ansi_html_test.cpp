#include "runner/server/ansi_html.hpp"

#include "tests/catch.hpp"

using crun::runner::ansi_html;

TEST_CASE("ansi: colours and bold become spans, the text stays escaped", "[server]") {
  CHECK(ansi_html("plain <b>") == "plain &lt;b&gt;");
  CHECK(
      ansi_html("\x1b[31mred\x1b[0m and \x1b[1;92mgreen") ==
      "<span class=\"ansi-1\">red</span> and <span class=\"ansi-10 ansi-bold\">green</span>");
  CHECK(ansi_html("\x1b[31m<script>") == "<span class=\"ansi-1\">&lt;script&gt;</span>");
  CHECK(
      ansi_html("\x1b[1mbold\x1b[22m no\x1b[33myellow\x1b[39m no") ==
      "<span class=\"ansi-bold\">bold</span> no<span class=\"ansi-3\">yellow</span> no");
  CHECK(
      ansi_html("\x1b[38;5;2mindexed\x1b[m\x1b[38;2;1;31;3mtrue") ==
      "<span class=\"ansi-2\">indexed</span>true");
}

TEST_CASE("ansi: other sequences and control characters are left out", "[server]") {
  CHECK(ansi_html("\x1b[2K\x1b[1Gdone\r") == "done");
  CHECK(ansi_html("\x1b]0;title\atext\x1b]8;;http://x\x1b\\link") == "textlink");
  CHECK(ansi_html("tab\tstays\bx") == "tab\tstaysx");
  CHECK(ansi_html("cut\x1b[3").find('\x1b') == std::string::npos);
  CHECK(ansi_html("\x1b") == "");
}
