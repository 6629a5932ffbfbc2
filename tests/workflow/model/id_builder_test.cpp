#include "workflow/model/id_builder.hpp"

#include <string>

#include "tests/catch.hpp"

using crun::workflow::IdBuilder;

TEST_CASE("id builder: an author's id is taken once, ignoring case", "[model]") {
  IdBuilder ids;
  CHECK(ids.add("build").empty());
  CHECK(
      ids.add("BUILD") ==
      "The identifier 'BUILD' may not be used more than once within the same scope.");
}

TEST_CASE("id builder: ids that GitHub refuses are refused in its words", "[model]") {
  IdBuilder ids;
  for (const std::string id : {"", "1st", "-x", "a b", "a.b", "é"}) {
    INFO(id);
    CHECK(ids.add(id).find("IDs may only contain alphanumeric characters") != std::string::npos);
  }
  CHECK(ids.add(std::string(99, 'a')).empty());
  CHECK_FALSE(ids.add(std::string(100, 'b')).empty());
  CHECK(ids.add("__x") == "The identifier '__x' is invalid. IDs starting with '__' are reserved.");
  CHECK(ids.add("_x").empty());
}

TEST_CASE("id builder: ids that are made are unique among all", "[model]") {
  IdBuilder ids;
  ids.append("__run");
  CHECK(ids.build() == "__run");
  ids.append("__run");
  CHECK(ids.build() == "__run_2");
  ids.append("__actions/checkout");
  CHECK(ids.build() == "__actions_checkout");
  CHECK(ids.build() == "job");
  ids.append("2nd");
  ids.append("part");
  CHECK(ids.build() == "_2nd_part");
}

TEST_CASE("id builder: a long id is cut so that its number fits", "[model]") {
  IdBuilder ids;
  for (int i = 0; i < 2; ++i) {
    ids.append(std::string(120, 'x'));
    CHECK(ids.build().size() == 100);
  }
  ids.append(std::string(120, 'x'));
  CHECK(ids.build().ends_with("x_3"));
}

TEST_CASE("id builder: without the reserved prefix two underscores become one", "[model]") {
  IdBuilder ids;
  ids.append("__x");
  CHECK(ids.build(false) == "_x");
  ids.append("__");
  CHECK(ids.build(false) == "_");
  ids.append("__");
  CHECK(ids.build(false) == "_2");
}
