#include "executor/builtin/list_parser.hpp"

#include "tests/catch.hpp"

using crun::executor::builtin::ListOptions;
using crun::executor::builtin::ListSyntaxError;
using crun::executor::builtin::parse_list;
using Items = std::vector<std::string>;

TEST_CASE("list parser: lines and commas separate, empty items are dropped", "[builtin]") {
  CHECK(parse_list("").empty());
  CHECK(parse_list("u/a:1 , u/a:2\n\n u/a:3") == Items{"u/a:1", "u/a:2", "u/a:3"});
  CHECK(parse_list("a,,b") == Items{"a", "b"});
}

TEST_CASE("list parser: with ignore_comma only lines separate", "[builtin]") {
  const ListOptions lines{.ignore_comma = true};
  CHECK(
      parse_list("type=gha,mode=max\ntype=inline", lines) ==
      Items{"type=gha,mode=max", "type=inline"});
  CHECK(parse_list("\"a,b\",c", lines) == Items{"a,b,c"});
  CHECK(parse_list("A=1\n\"B=x\ny\"\nC=3", lines) == Items{"A=1", "B=x\ny", "C=3"});
}

TEST_CASE("list parser: a lone quoted field is split again at its commas", "[builtin]") {
  CHECK(parse_list("\"a,b\"") == Items{"a", "b"});
  CHECK(parse_list("\"a,b\",c") == Items{"a,b", "c"});
}

TEST_CASE("list parser: quotes count only at the start of a field", "[builtin]") {
  CHECK(parse_list("k=\"v\"") == Items{"k=\"v\""});
  CHECK(parse_list("\"a\" b") == Items{"\"a\" b"});
  CHECK(parse_list("\"{\"\"a\"\":1}\"") == Items{"{\"a\":1}"});
}

TEST_CASE("list parser: an open quote is an error that tells the line", "[builtin]") {
  CHECK_THROWS_AS(parse_list("a\n\"open"), ListSyntaxError);
  CHECK_THROWS_WITH(
      parse_list("a\n\"open"),
      "Quote Not Closed: the parsing is finished with an opening quote at line 2");
}

TEST_CASE("list parser: a line of blanks becomes an empty item, trimming comes last", "[builtin]") {
  CHECK(parse_list("a\n \t\nb") == Items{"a", "", "b"});
  CHECK(parse_list(" a \n b", {.ignore_comma = true, .trim = false}) == Items{" a ", " b"});
}

TEST_CASE("list parser: the first line break found is the line break", "[builtin]") {
  CHECK(parse_list("a\rb") == Items{"a", "b"});
  CHECK(parse_list("a\r\nb") == Items{"a", "b"});
  CHECK(parse_list("a\r\nb\nc", {.ignore_comma = true}) == Items{"a", "b\nc"});
}

TEST_CASE("list parser: without quoting quotes are characters", "[builtin]") {
  const ListOptions verbatim{.ignore_comma = true, .quote = false};
  CHECK(
      parse_list("type=image,\"name=u/a,u/b\",push=true", verbatim) ==
      Items{"type=image,\"name=u/a,u/b\",push=true"});
}

TEST_CASE("list parser: comments cut lines, or are whole lines, or are none", "[builtin]") {
  const auto with = [](ListOptions::Comments comments) {
    return parse_list("# c\na#b\n  # d", {.ignore_comma = true, .comments = comments});
  };
  CHECK(with(ListOptions::Comments::none) == Items{"# c", "a#b", "# d"});
  CHECK(with(ListOptions::Comments::anywhere) == Items{"a", ""});
  CHECK(with(ListOptions::Comments::line_start) == Items{"a#b", "# d"});
}
