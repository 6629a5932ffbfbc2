#include "workflow/source/source_file.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;

TEST_CASE("source file: lines end with LF, CRLF or a lone CR", "[source]") {
  const SourceFile file("f", "one\ntwo\r\nthree\rfour");
  CHECK(file.line(1) == "one");
  CHECK(file.line(2) == "two");
  CHECK(file.line(3) == "three");
  CHECK(file.line(4) == "four");
  CHECK(file.line(0).empty());
  CHECK(file.line(5).empty());
}

TEST_CASE("source file: columns count code points", "[source]") {
  const SourceFile file("f", "aä€😀z\nb");
  CHECK(file.position(0) == Position{1, 1});
  CHECK(file.position(1) == Position{1, 2});
  CHECK(file.position(3) == Position{1, 3});
  CHECK(file.position(6) == Position{1, 4});
  CHECK(file.position(10) == Position{1, 5});
  CHECK(file.position(12) == Position{2, 1});
  CHECK(file.position(1000) == Position{2, 2});
}

TEST_CASE("source file: a position leads back to its offset", "[source]") {
  std::string text = "plain\n";
  for (int count = 0; count < 300; ++count) text += "ä€x";
  text += "\nlast";
  const SourceFile file("f", text);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const bool inside_character = at < text.size() && (text[at] & 0xC0) == 0x80;
    if (!inside_character) CHECK(file.offset(file.position(at)) == at);
  }
  CHECK(file.offset({1, 100}) == 5);
  CHECK(file.offset({9, 1}) == text.size());
  CHECK(file.offset({0, 0}) == 0);
}
