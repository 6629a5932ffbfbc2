#include "workflow/expression/value.hpp"

#include <cmath>
#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;

TEST_CASE("value: only null, false, 0, NaN and '' are false", "[expression]") {
  for (const Value& value :
       {Value(), Value(false), Value(0), Value(-0.0), Value(std::nan("")), Value("")}) {
    CHECK_FALSE(value.truthy());
  }
  for (const Value& value :
       {Value(true), Value(-1), Value("false"), Value("0"), Value(Array{}), Value(Object{})}) {
    CHECK(value.truthy());
  }
}

TEST_CASE("value: texts of values", "[expression]") {
  CHECK(Value().to_string().empty());
  CHECK(Value(true).to_string() == "true");
  CHECK(Value(1.10).to_string() == "1.1");
  CHECK(Value("x").to_string() == "x");
  CHECK(Value(Array{}).to_string() == "Array");
  CHECK(Value(Object{}).to_string() == "Object");
}

TEST_CASE("value: == compares kinds apart as numbers", "[expression]") {
  CHECK(loosely_equal(Value(), Value(0)));
  CHECK(loosely_equal(Value(), Value(false)));
  CHECK(loosely_equal(Value(), Value("")));
  CHECK(loosely_equal(Value(), Value()));
  CHECK(loosely_equal(Value("0x10"), Value(16)));
  CHECK(loosely_equal(Value("1"), Value(true)));
  CHECK_FALSE(loosely_equal(Value("true"), Value(true)));
  CHECK_FALSE(loosely_equal(Value(std::nan("")), Value(std::nan(""))));
  CHECK_FALSE(loosely_equal(Value("NaN"), Value(std::nan(""))));
  CHECK_FALSE(loosely_equal(Value(Array{}), Value(0)));
  CHECK(loosely_equal(Value("Ä"), Value("ä")));
}

TEST_CASE("value: arrays and objects equal only themselves", "[expression]") {
  const Value array(Array{Value(1)});
  const Value copy = array;
  CHECK(loosely_equal(array, copy));
  CHECK_FALSE(loosely_equal(array, Value(Array{Value(1)})));
  CHECK_FALSE(loosely_equal(Value(Object{}), Value(Object{})));
}

TEST_CASE("value: < needs two numbers, texts or booleans", "[expression]") {
  CHECK(loosely_less(Value(1), Value(2)));
  CHECK(loosely_less(Value("1"), Value(2)));
  CHECK(loosely_less(Value("a"), Value("B")));
  CHECK(loosely_less(Value(false), Value(true)));
  CHECK(loosely_less(Value(), Value(1)));
  CHECK_FALSE(loosely_less(Value(1), Value("a")));
  CHECK_FALSE(loosely_less(Value(), Value()));
  CHECK_FALSE(loosely_less(Value(Array{}), Value(Array{})));
}

TEST_CASE("value: members are found ignoring case and keep their first spelling", "[expression]") {
  Object object;
  object.set("Name", 1);
  object.set("other", 2);
  object.set("NAME", 3);
  CHECK(object.size() == 2);
  CHECK(object.begin()->first == "Name");
  CHECK(object.find("name")->number() == 3);
  object.erase("nAmE");
  CHECK(object.find("name") == nullptr);
  CHECK(object.size() == 1);
}

TEST_CASE("value: a case-sensitive object tells spellings apart", "[expression]") {
  Object env(true);
  env.set("PATH", "a");
  env.set("path", "b");
  CHECK(env.size() == 2);
  CHECK(env.find("PATH")->string() == "a");
  CHECK(env.find("Path") == nullptr);
}

TEST_CASE("value: large objects behave like small ones", "[expression]") {
  for (const bool case_sensitive : {false, true}) {
    Object object(case_sensitive);
    for (int number = 0; number < 20'000; ++number)
      object.set("Key" + std::to_string(number), number);
    object.set("Key77", "again");
    CHECK(object.size() == 20'000);
    CHECK(object.find("Key77")->string() == "again");
    CHECK(object.find("Key19999")->number() == 19999);
    CHECK((object.find("KEY5") != nullptr) == !case_sensitive);
    object.erase("Key0");
    CHECK(object.find("Key0") == nullptr);
    CHECK(object.find("Key1")->number() == 1);
    CHECK(object.begin()->first == "Key1");
  }
}

TEST_CASE("value: the member of what is no object is null", "[expression]") {
  Object object;
  object.set("a", 1);
  CHECK(Value(object)["A"].number() == 1);
  CHECK(Value(object)["b"].is_null());
  CHECK(Value("text")["a"].is_null());
}
