#include "executor/builtin/paths_filter/filters.hpp"

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/paths_filter/filter_yaml.hpp"
#include "tests/catch.hpp"
#include "tests/executor/builtin/recorded_rows.hpp"

using namespace crun::executor::builtin;
using crun::tests::recorded_rows;
using crun::workflow::Node;

namespace {

nlohmann::json json_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::boolean:
      return node.boolean;
    case Node::Kind::number:
      return node.number;
    case Node::Kind::string:
      return node.text;
    case Node::Kind::sequence: {
      auto list = nlohmann::json::array();
      for (const auto& item : node.items) list.push_back(json_of(*item));
      return list;
    }
    case Node::Kind::mapping:
      break;
  }
  auto object = nlohmann::json::object();
  for (const auto& [key, value] : node.entries) object[key->text] = json_of(*value);
  return object;
}

std::string failure(const std::string& yaml) {
  try {
    parse_filters(yaml);
    return "";
  } catch (const Failed& error) {
    return error.what();
  }
}

/// The names of the filters that a file matches.
std::string matching(
    const std::string& yaml, const ChangedFile& file, Quantifier quantifier = Quantifier::some) {
  std::string names;
  for (const Filter& filter : parse_filters(yaml)) {
    if (filter.matches(file, quantifier)) names += filter.name + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("filters: YAML is loaded as the original loads it", "[builtin]") {
  for (const auto& row : recorded_rows("yaml_filters")) {
    INFO(row.dump());
    const auto& expected = row["expected"];
    nlohmann::json given;
    try {
      const auto document = load_filter_yaml(row["yaml"].get<std::string>());
      given = document ? json_of(*document) : nlohmann::json{{"undefined", true}};
    } catch (const Failed& error) {
      const std::string text = error.what();
      given = {{"error", text.substr(0, text.find('\n'))}};
    }
    CHECK(given == expected);
  }
}

TEST_CASE("filters: patterns, lists, aliases in lists, kinds of change", "[builtin]") {
  const std::string yaml =
      "one: &one\n  - a/**\ntwo:\n  - *one\n  - b/**\nnew:\n  - Added | copied: 'c/**'\n"
      "gone:\n  - deleted: [c/**, d/**]\n";
  CHECK(matching(yaml, {"a/x", "modified"}) == "one two ");
  CHECK(matching(yaml, {"b/x", "added"}) == "two ");
  CHECK(matching(yaml, {"c/x", "added"}) == "new ");
  CHECK(matching(yaml, {"d/x", "deleted"}) == "gone ");
  CHECK(matching(yaml, {"c/x", "modified"}) == "");
}

TEST_CASE("filters: every rule must match when asked so", "[builtin]") {
  const std::string yaml = "code:\n  - '**/*.ts'\n  - '!**/*.md'\n";
  CHECK(matching(yaml, {"a.js", "modified"}) == "code ");
  CHECK(matching(yaml, {"a.js", "modified"}, Quantifier::every) == "");
  CHECK(matching(yaml, {"a.ts", "modified"}, Quantifier::every) == "code ");
}

TEST_CASE("filters: merge keys give way, whole numbers come first", "[builtin]") {
  const std::string yaml = "b: &b {x: 'p', y: 'q'}\n2: z\n<<: {a: 'm', b: 'n'}\n1: z\n";
  std::string names;
  for (const Filter& filter : parse_filters(yaml)) names += filter.name + " ";
  CHECK(names == "1 2 b a ");
}

TEST_CASE("filters: mistakes are told in the original's words", "[builtin]") {
  CHECK(
      failure("a: [\n") ==
      "unexpected end of the stream within a flow collection (2:1)\n\n 1 | a: [\n 2 | \n-----^");
  CHECK(
      failure("a: *nope") == "unidentified alias \"nope\" (1:9)\n\n 1 | a: *nope\n-------------^");
  CHECK(failure("a: 1\na: 2") == "duplicated mapping key (2:1)\n\n 1 | a: 1\n 2 | a: 2\n-----^");
  CHECK(failure("a: x\n---\nb: y") == "expected a single document in the stream, but found more");
  CHECK(failure("just text") == "Invalid filter YAML format: Root element is not an object.");
  CHECK(failure("a: 1") == "Invalid filter YAML format: Unexpected element type 'number'.");
  CHECK(failure("a:\n") == "Cannot convert undefined or null to object");
  CHECK(failure("a: ''") == "Expected pattern to be a non-empty string");
  CHECK(
      failure("a:\n  - added: 5\n") ==
      "Invalid filter YAML format: Expected [key:string]= pattern:string | string[], but "
      "[added:string]= 5:number found.");
}
