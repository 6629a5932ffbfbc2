#include "workflow/source/unicode.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;

TEST_CASE("unicode: equality ignores case, each character upper-cased", "[source]") {
  CHECK(equal_ignoring_case("abc", "ABC"));
  CHECK(equal_ignoring_case("grün", "GRÜN"));
  CHECK(equal_ignoring_case("σας", "ΣΑΣ"));
  CHECK(equal_ignoring_case("ÿ", "Ÿ"));
  CHECK(equal_ignoring_case("ж", "Ж"));
  CHECK(equal_ignoring_case("𐐨", "𐐀"));
  CHECK(equal_ignoring_case("ǆ", "ǅ"));
  CHECK_FALSE(equal_ignoring_case("abc", "abcd"));
  CHECK_FALSE(equal_ignoring_case("ü", "u"));
}

TEST_CASE("unicode: one character never equals two, and the Turkish i stands alone", "[source]") {
  CHECK_FALSE(equal_ignoring_case("ß", "SS"));
  CHECK_FALSE(equal_ignoring_case("ﬁ", "FI"));
  CHECK_FALSE(equal_ignoring_case("ı", "I"));
  CHECK_FALSE(equal_ignoring_case("İ", "i"));
  CHECK_FALSE(equal_ignoring_case("ſ", "S"));
  CHECK_FALSE(equal_ignoring_case("\u212A", "K"));  // the Kelvin sign
}

TEST_CASE("unicode: order is that of UTF-16 code units", "[source]") {
  CHECK(compare_ignoring_case("a", "B") < 0);
  CHECK(compare_ignoring_case("b", "A") > 0);
  CHECK(compare_ignoring_case("_", "a") > 0);  // '_' stands behind 'A'
  CHECK(compare_ignoring_case("a", "ab") < 0);
  CHECK(compare_ignoring_case("", "") == 0);
  CHECK(compare_ignoring_case("😀", "\uFF5E") < 0);  // a surrogate pair before U+FF5E
  CHECK(compare_ignoring_case("z", "ä") < 0);
}

TEST_CASE("unicode: parts of texts are found ignoring case", "[source]") {
  CHECK(contains_ignoring_case("Über München", "MÜNCH"));
  CHECK(contains_ignoring_case("aBcD", "bc"));
  CHECK(contains_ignoring_case("abc", ""));
  CHECK(contains_ignoring_case("", ""));
  CHECK_FALSE(contains_ignoring_case("abc", "bd"));
  CHECK(starts_ignoring_case("Ärger", "äR"));
  CHECK_FALSE(starts_ignoring_case("a", "ab"));
  CHECK(ends_ignoring_case("refs/HEAD", "head"));
  CHECK(ends_ignoring_case("naïve", "ÏVE"));
  CHECK_FALSE(ends_ignoring_case("b", "ab"));
}

TEST_CASE("unicode: equal texts have equal folds, others do not", "[source]") {
  CHECK(fold("Straße Ü") == fold("STRAßE ü"));
  CHECK(fold("ı") != fold("i"));
  CHECK(fold("\xff\xC3") == "\xff\xC3");
}

TEST_CASE("unicode: broken UTF-8 equals only itself", "[source]") {
  CHECK(equal_ignoring_case("\xff", "\xff"));
  CHECK_FALSE(equal_ignoring_case("\xff", "\xfe"));
  CHECK_FALSE(equal_ignoring_case("\xC3", "\xC3\xA4"));
  CHECK(code_point("\xED\xA0\x80", 0).value > 0x10FFFF);  // half a surrogate pair
  CHECK(code_point("\xC0\xAF", 0).value > 0x10FFFF);      // longer than needed
  CHECK(code_point("\xF5\x80\x80\x80", 0).value > 0x10FFFF);
}

TEST_CASE("unicode: every character survives being taken apart and put together", "[source]") {
  for (char32_t value = 1; value <= 0x10FFFF; value += 37) {
    if (value >= 0xD800 && value <= 0xDFFF) continue;
    std::string text;
    append_code_point(text, value);
    const auto point = code_point(text, 0);
    if (point.value != value || point.bytes != static_cast<int>(text.size())) {
      FAIL("U+" << std::hex << static_cast<unsigned>(value));
    }
  }
  SUCCEED();
}

TEST_CASE("unicode: lengths are counted in UTF-16", "[source]") {
  CHECK(utf16_length("") == 0);
  CHECK(utf16_length("aä€") == 3);
  CHECK(utf16_length("😀") == 2);
}

TEST_CASE("unicode: white space of all kinds is trimmed", "[source]") {
  CHECK(trim(" \t\r\n x y \u00a0\u3000") == "x y");
  CHECK(trim("\u2028").empty());
  CHECK(trim("\u200b") == "\u200b");  // a zero-width space is none
}
