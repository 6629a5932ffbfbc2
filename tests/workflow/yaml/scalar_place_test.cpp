#include "workflow/yaml/scalar_place.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "tests/catch.hpp"
#include "workflow/yaml/reader.hpp"

using namespace crun::workflow;

namespace {

/// "line:column" of a mark in the scalar under `key`.
std::string place(const std::string& yaml, const std::string& mark) {
  const auto source = std::make_shared<SourceFile>("w.yaml", yaml);
  Diagnostics diagnostics;
  const auto root = read_yaml(source, diagnostics);
  REQUIRE(root);
  const auto* scalar = root->find("key");
  REQUIRE(scalar);
  const auto at =
      place_in_scalar(*source, scalar->span.begin, scalar->text, scalar->text.find(mark));
  return fmt::format("{}:{}", at.line, at.column);
}

}  // namespace

TEST_CASE("scalar place: plain and quoted texts", "[yaml]") {
  CHECK(place("key: a ${{ x }}", "${{") == "1:8");
  CHECK(place("key: 'it''s ${{ x }}'", "${{") == "1:13");
  CHECK(place("key: \"a\\tb\\n \\u00e9\\\"${{ x }}\"", "${{") == "1:22");
  CHECK(place("key: 'ä ${{ x }}'", "${{") == "1:9");
  CHECK(place("key: a\n  b\n  ${{ x }}", "${{") == "3:3");
  CHECK(place("key: \"a\\\n  ${{ x }}\"", "${{") == "2:3");
}

TEST_CASE("scalar place: block scalars, with margins and folds", "[yaml]") {
  CHECK(place("key: |\n  one\n\n    two ${{ x }}\n", "${{") == "4:9");
  CHECK(place("key: >-  # folded\n  one\n  two\n  ${{ x }}\n", "${{") == "4:3");
  CHECK(place("key: &name |\n  ${{ x }}\n", "${{") == "2:3");
  CHECK(place("key: !!str |\n  ${{ x }}\n", "${{") == "2:3");
}

TEST_CASE("scalar place: what cannot be found is at the beginning", "[yaml]") {
  const SourceFile source("w.yaml", "key: abc");
  CHECK(place_in_scalar(source, {1, 6}, "xyz", 1) == Position{1, 6});
  CHECK(place_in_scalar(source, {1, 6}, "abc", 9) == Position{1, 6});
}
