#include "executor/log/line_splitter.hpp"

#include <vector>

#include "tests/catch.hpp"

using crun::executor::LineSplitter;
using crun::executor::repair_utf8;

namespace {

using Lines = std::vector<std::string>;

Lines split(std::vector<std::string> writes, LineSplitter::Cut cut = {}) {
  Lines lines;
  if (!cut) cut = [](std::string_view text) { return text.size(); };
  LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); }, cut);
  for (const std::string& bytes : writes) splitter.write(bytes);
  splitter.finish();
  return lines;
}

}  // namespace

TEST_CASE("lines: LF, CR LF and CR end a line", "[log]") {
  CHECK(split({"a\nb\r\nc\rd"}) == Lines{"a", "b", "c", "d"});
  CHECK(split({"\n\r\n\r\r"}) == Lines{"", "", "", ""});
  CHECK(split({""}).empty());
}

TEST_CASE("lines: the result does not depend on how the bytes come", "[log]") {
  const std::string text = "one\r\ntwo\rthree\n\nfour \xC3\xA9\r\n\r\nfive";
  const Lines whole = split({text});
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(split({text.substr(0, cut), text.substr(cut)}) == whole);
  }
  std::vector<std::string> bytes;
  for (char c : text) bytes.emplace_back(1, c);
  CHECK(split(bytes) == whole);
}

TEST_CASE("lines: a line without end goes out in pieces, none lost", "[log]") {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "\xC3\xA9z";  // characters at every offset
  Lines lines = split({text, text, "\n", "next"});
  REQUIRE(lines.size() > 3);
  std::string joined;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    CHECK(lines[i].size() <= LineSplitter::longest_line);
    CHECK(repair_utf8(lines[i]) == lines[i]);
    joined += lines[i];
  }
  CHECK(joined == text + text);
  CHECK(lines.back() == "next");
}

TEST_CASE("lines: a cut that is refused waits, but not for ever", "[log]") {
  auto never = [](std::string_view) { return std::size_t{0}; };
  std::string text(3 * LineSplitter::hard_limit, 'x');
  std::size_t sum = 0;
  for (const std::string& line : split({text}, never)) sum += line.size();
  CHECK(sum == text.size());
}

TEST_CASE("utf-8: what is broken becomes U+FFFD, the rest stays", "[log]") {
  CHECK(
      repair_utf8("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80") ==
      "plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80");
  CHECK(repair_utf8("a\xFF\xC3") == "a\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(repair_utf8("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");    // overlong
  CHECK(repair_utf8("\xED\xA0\x80x").ends_with("\xEF\xBF\xBDx"));  // a surrogate
  CHECK(repair_utf8("\xF0\x9F\x98") == "\xEF\xBF\xBD");            // cut off: one
  CHECK(repair_utf8("\xE2\x82z") == "\xEF\xBF\xBDz");
}
