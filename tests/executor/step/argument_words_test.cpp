#include "executor/step/argument_words.hpp"

#include "tests/catch.hpp"

using crun::executor::argument_words;
using Words = std::vector<std::string>;

TEST_CASE("argument words: only double quotes keep blanks together", "[step]") {
  CHECK(argument_words("sh -c \"echo one two\"") == Words{"sh", "-c", "echo one two"});
  CHECK(argument_words(" a\t \"b\"c\"d e\" ") == Words{"a", "bcd e"});
  CHECK(argument_words("-c 'two words' don't") == Words{"-c", "'two", "words'", "don't"});
  CHECK(argument_words("a\nb \"\"") == Words{"a\nb", ""});
  CHECK(argument_words("\"never closed") == Words{"never closed"});
  CHECK(argument_words("").empty());
}

TEST_CASE("argument words: a backslash is one but before a quote", "[step]") {
  CHECK(
      argument_words(R"(--pattern \d+\.md$ C:\x\)") ==
      Words{"--pattern", R"(\d+\.md$)", R"(C:\x\)"});
  CHECK(argument_words(R"(say \"hi\" "a \"b\"")") == Words{"say", "\"hi\"", "a \"b\""});
  CHECK(argument_words(R"("a\\" b)") == Words{"a\\", "b"});
  CHECK(argument_words(R"("one ""two""")") == Words{"one \"two\""});
}
