#include "executor/builtin/javascript_number.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "executor/builtin/javascript_object.hpp"
#include "tests/catch.hpp"

using namespace crun::executor::builtin;

TEST_CASE("javascript number: texts become numbers as Number() does it", "[builtin]") {
  CHECK(number_of("") == 0);
  CHECK(number_of(" 12 ") == 12);
  CHECK(number_of("0x1F") == 31);
  CHECK(number_of("0b11") == 3);
  CHECK(number_of("1e3") == 1000);
  CHECK(number_of("-.5") == -0.5);
  CHECK(std::isinf(number_of("Infinity")));
  for (const char* text : {"abc", "1x", "--1", "inf", "nan", "0x", "1 2", "+-1"}) {
    INFO(text);
    CHECK(std::isnan(number_of(text)));
  }
}

TEST_CASE("javascript number: whole numbers are printed in full", "[builtin]") {
  CHECK(number_text(1) == "1");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(20240101120000) == "20240101120000");
  CHECK(number_text(1e20) == "100000000000000000000");
  CHECK(number_text(0.5) == "0.5");
  CHECK(number_text(NAN) == "NaN");
}

TEST_CASE("javascript object: whole numbers come first, by value", "[builtin]") {
  std::vector<std::pair<std::string, int>> properties = {
      {"zz", 1}, {"10", 2}, {"2", 3}, {"02", 4}, {"a", 5}};
  order_properties(properties);
  std::string names;
  for (const auto& [name, value] : properties) names += name + " ";
  CHECK(names == "2 10 zz 02 a ");
}
