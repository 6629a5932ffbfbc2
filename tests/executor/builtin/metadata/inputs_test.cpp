#include "executor/builtin/metadata/attributes.hpp"
#include "executor/builtin/metadata/collation.hpp"
#include "executor/builtin/metadata/images.hpp"
#include "executor/builtin/metadata/tag_rules.hpp"
#include "tests/catch.hpp"

using namespace crun::executor::builtin;

namespace {

using Fields = std::vector<std::string>;

const MetadataFeatures newest(Version::parse("v6"));

std::string rule(const std::string& line) {
  return parse_tag_rule(line, newest).text();
}

}  // namespace

TEST_CASE("attributes: CSV with strict quotes", "[builtin]") {
  CHECK(parse_attributes("a,\"b,c\",\"d\"\"e\",") == Fields{"a", "b,c", "d\"e", ""});
  CHECK(parse_attributes("\n\na,b\nc") == Fields{"a", "b"});
  CHECK_THROWS_WITH(
      parse_attributes("type=raw,value=a\"b\""),
      "Invalid Opening Quote: a quote is found on field 1 at line 1, value is \"value=a\"");
  CHECK_THROWS_WITH(
      parse_attributes("\"a\"b"),
      "Invalid Closing Quote: got \"b\" at line 1 instead of delimiter, record delimiter, trimable "
      "character (if activated) or comment");
  CHECK_THROWS_WITH(
      parse_attributes("a\n\"b"),
      "Quote Not Closed: the parsing is finished with an opening quote at line 2");
  CHECK_THROWS_WITH(parse_attributes(""), "e is not iterable");
}

TEST_CASE("attributes: the first equals sign splits, or every one", "[builtin]") {
  const auto first = split_attribute(" Value = a=b ", Equals::first_splits);
  CHECK(first.key == "value");
  CHECK(first.value == "a=b");
  CHECK(split_attribute("prefix=a=b", Equals::all_split).value == "a");
  CHECK_FALSE(split_attribute("=x", Equals::first_splits).key);
  CHECK(split_attribute("=x", Equals::first_splits).value == "=x");
}

TEST_CASE("tag rules: a bare value is raw, defaults are filled in", "[builtin]") {
  CHECK(rule("mytag") == "type=raw,value=mytag,enable=true,priority=200");
  CHECK(rule("type=ref,event=pr") == "type=ref,event=pr,prefix=pr-,enable=true,priority=600");
  CHECK(rule("type=sha,prefix=") == "type=sha,prefix=,format=short,enable=true,priority=100");
  CHECK(
      rule("type=semver,pattern={{version}}") ==
      "type=semver,pattern={{version}},value=,match=,enable=true,priority=900");
}

TEST_CASE("tag rules: what is missing or wrong is named", "[builtin]") {
  CHECK_THROWS_WITH(rule("type=foo"), "Unknown tag type attribute: foo");
  CHECK_THROWS_WITH(rule("type=semver"), "Missing pattern attribute for type=semver");
  CHECK_THROWS_WITH(rule("type=raw"), "Missing value attribute for type=raw");
  CHECK_THROWS_WITH(rule("type=ref"), "Missing event attribute for type=ref");
  CHECK_THROWS_WITH(rule("type=ref,event=x"), "Invalid event for type=ref,event=x");
  CHECK_THROWS_WITH(rule("type=sha,format=x"), "Invalid format for type=sha,format=x");
  CHECK_THROWS_WITH(
      rule("type=match,pattern=a,group=b"), "Invalid match group for type=match,pattern=a,group=b");
}

TEST_CASE("tag rules: sorted by priority, equal ones as written", "[builtin]") {
  const auto rules = parse_tag_rules(
      {"type=sha", "a", "b,priority=650", "type=edge", "type=ref,event=tag", "c,priority=x"},
      newest);
  std::string order;
  for (const TagRule& each : rules) {
    order += each.get("value") + each.get("event") + (each.find("format") ? "sha" : "") +
             (each.find("branch") ? "edge" : "") + " ";
  }
  CHECK(order == "edge b tag a sha c ");
  CHECK(parse_tag_rules({}, newest).size() == 4);
}

TEST_CASE("images: names on one line, or attributes a line", "[builtin]") {
  const auto names = parse_images({"a/b, ghcr.io/c/d"});
  REQUIRE(names.size() == 2);
  CHECK(names[1].name == "ghcr.io/c/d");
  const auto images = parse_images({"name=a/b,enable=false", "c/d"});
  CHECK_FALSE(images[0].enable);
  CHECK(images[1].name == "c/d");
  CHECK_THROWS_WITH(
      parse_images({"name=a,enable=yes"}), "Invalid enable attribute value: name=a,enable=yes");
  CHECK_THROWS_WITH(parse_images({"foo=a"}), "Unknown image attribute: foo=a");
  CHECK_THROWS_WITH(parse_images({"enable=true"}), "Image name attribute empty: enable=true");
}

TEST_CASE("flavor: onlatest is about what stands before it on its line", "[builtin]") {
  const Flavor flavor =
      parse_flavor({"latest=true", "prefix=foo-,onlatest=true", "suffix=-alpine"});
  CHECK(flavor.latest == "true");
  CHECK(flavor.prefix == "foo-");
  CHECK(flavor.prefix_latest);
  CHECK_FALSE(flavor.suffix_latest);
  CHECK_THROWS_WITH(parse_flavor({"latest=x"}), "Invalid latest flavor entry: latest=x");
  CHECK_THROWS_WITH(parse_flavor({"x"}), "Invalid flavor entry: x");
  CHECK_THROWS_WITH(parse_flavor({"x=y"}), "Unknown flavor entry: x=y");
  CHECK_THROWS_WITH(
      parse_flavor({"prefix=a,onlatest=b"}), "Invalid value for onlatest attribute: b");
}

TEST_CASE("collation: punctuation, digits, letters; case only between equals", "[builtin]") {
  const std::vector<std::string> sorted = {
      "_under", "1num", "a-b", "a.b", "ab", "Ab", "alpha", "Beta", "ü"};
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    INFO(sorted[i] << " before " << sorted[i + 1]);
    CHECK(compare_as_locale(sorted[i], sorted[i + 1]) < 0);
    CHECK(compare_as_locale(sorted[i + 1], sorted[i]) > 0);
  }
  CHECK(compare_as_locale("a", "a") == 0);
  CHECK(compare_as_locale("a", "ab") < 0);
}
