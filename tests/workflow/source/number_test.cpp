#include "workflow/source/number.hpp"

#include <cmath>
#include <limits>

#include "tests/catch.hpp"

using namespace crun::workflow;

TEST_CASE("number: printed like .NET's G15", "[source]") {
  CHECK(format_number(0) == "0");
  CHECK(format_number(-0.0) == "0");
  CHECK(format_number(1.0) == "1");
  CHECK(format_number(-1.5) == "-1.5");
  CHECK(format_number(0.1 + 0.2) == "0.3");
  CHECK(format_number(123456789012345) == "123456789012345");
  CHECK(format_number(1e15) == "1E+15");
  CHECK(format_number(12345678901234567890.0) == "1.23456789012346E+19");
  CHECK(format_number(0.84551240822557006) == "0.84551240822557");
  CHECK(format_number(0.0001) == "0.0001");
  CHECK(format_number(0.00001) == "1E-05");
  CHECK(format_number(1e300) == "1E+300");
  CHECK(format_number(std::nan("")) == "NaN");
  CHECK(format_number(std::numeric_limits<double>::infinity()) == "Infinity");
  CHECK(format_number(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("number: read as GitHub reads one from text", "[source]") {
  CHECK(parse_number("") == 0);
  CHECK(parse_number(" \t\n") == 0);
  CHECK(parse_number(" 12.5 ") == 12.5);
  CHECK(parse_number("\u00a07\u2003") == 7);
  CHECK(parse_number("+1") == 1);
  CHECK(parse_number(".5") == 0.5);
  CHECK(parse_number("5.") == 5);
  CHECK(parse_number("-1e3") == -1000);
  CHECK(parse_number("0xff") == 255);
  CHECK(parse_number("0xFFFFFFFF") == -1);
  CHECK(parse_number("0x00000000ff") == 255);
  CHECK(parse_number("0o17") == 15);
  CHECK(parse_number("0755") == 755);
  CHECK(std::isinf(parse_number("1e999")));
  CHECK(parse_number("1e-999") == 0);
  CHECK(parse_number("Infinity") > 0);
  CHECK(std::isinf(parse_number("-infinity")));
}

TEST_CASE("number: what is no number is NaN", "[source]") {
  for (const char* text :
       {"abc", "1a",  "1 2",  "--1", "+-1",         "-+1", ".",     "-",   "+",   "e1",  "1e",
        "0x",  "0xg", "-0x1", "0X1", "0x1FFFFFFFF", "0o8", "1_000", "NaN", "inf", "0b1", "1,5"}) {
    INFO(text);
    CHECK(std::isnan(parse_number(text)));
  }
}
