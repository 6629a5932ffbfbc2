// Inputs of a dispatch: typed, defaulted, and refused with everything that is possible.
#include "workflow/trigger/inputs.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;
using Type = InputDefinition::Type;

namespace {

TokenPtr text(const std::string& value) {
  auto token = std::make_shared<Token>();
  token->kind = Token::Kind::string;
  token->text = value;
  return token;
}

TokenPtr number(double value) {
  auto token = std::make_shared<Token>();
  token->kind = Token::Kind::number;
  token->number = value;
  return token;
}

TokenPtr boolean(bool value) {
  auto token = std::make_shared<Token>();
  token->kind = Token::Kind::boolean;
  token->boolean = value;
  return token;
}

InputDefinition input(const std::string& name, Type type, bool required, TokenPtr value = nullptr) {
  InputDefinition out;
  out.name = name;
  out.type = type;
  out.required = required;
  out.default_value = std::move(value);
  return out;
}

EventTrigger dispatch(std::vector<InputDefinition> inputs) {
  EventTrigger out;
  out.name = "workflow_dispatch";
  out.inputs = std::move(inputs);
  return out;
}

EventTrigger choose_service() {
  auto service = input("service", Type::choice, true);
  service.options = {"services/node/api-node", "services/other/migrator"};
  return dispatch({service, input("version", Type::string, false)});
}

using Given = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("inputs: values are typed for inputs and text for the event", "[trigger]") {
  const auto trigger = dispatch(
      {input("dry", Type::boolean, false),
       input("count", Type::number, false),
       input("name", Type::string, false)});
  Diagnostics diagnostics;
  const auto resolved = resolve_dispatch_inputs(
      nullptr, trigger, Given{{"dry", "true"}, {"count", "12"}, {"NAME", "x"}}, diagnostics);
  CHECK(diagnostics.all().empty());
  REQUIRE(resolved.typed.size() == 3);
  CHECK(resolved.typed.find("dry")->boolean());
  CHECK(resolved.typed.find("count")->number() == 12);
  CHECK(resolved.typed.find("name")->string() == "x");
  CHECK(resolved.text.find("dry")->string() == "true");
  CHECK(resolved.text.find("count")->string() == "12");
}

TEST_CASE(
    "inputs: what is not given has its default, or the empty value of its type", "[trigger]") {
  const auto trigger = dispatch(
      {input("on", Type::boolean, false, boolean(true)),
       input("off", Type::boolean, false),
       input("level", Type::number, false, number(3)),
       input("none", Type::string, false),
       input("version", Type::string, false, number(3.10)),
       input("must", Type::string, true, text("there"))});
  Diagnostics diagnostics;
  const auto resolved = resolve_dispatch_inputs(nullptr, trigger, {}, diagnostics);
  CHECK(diagnostics.all().empty());
  CHECK(resolved.typed.find("on")->boolean());
  CHECK_FALSE(resolved.typed.find("off")->boolean());
  CHECK(resolved.typed.find("level")->number() == 3);
  CHECK(resolved.typed.find("none")->string().empty());
  CHECK(resolved.typed.find("version")->string() == "3.1");  // unquoted YAML, as on GitHub
  CHECK(resolved.typed.find("must")->string() == "there");
  CHECK(resolved.text.find("on")->string() == "true");
}

TEST_CASE("inputs: a missing choice names its options", "[trigger]") {
  Diagnostics diagnostics;
  resolve_dispatch_inputs(nullptr, choose_service(), {}, diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].message == "Required input 'service' not provided");
  CHECK_THAT(
      diagnostics.all()[0].help,
      ContainsSubstring("values:\n  services/node/api-node\n  services/other/migrator"));
}

TEST_CASE("inputs: an impossible choice names value, options and the nearest", "[trigger]") {
  Diagnostics diagnostics;
  resolve_dispatch_inputs(
      nullptr, choose_service(), Given{{"service", "services/node/api-nod"}}, diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(
      diagnostics.all()[0].message ==
      "Provided value 'services/node/api-nod' for input 'service' not in the list of allowed "
      "values");
  CHECK_THAT(
      diagnostics.all()[0].help, ContainsSubstring("did you mean 'services/node/api-node'?"));
  CHECK_THAT(diagnostics.all()[0].help, ContainsSubstring("\n  services/other/migrator"));
}

TEST_CASE("inputs: an unknown input names the known ones", "[trigger]") {
  Diagnostics diagnostics;
  resolve_dispatch_inputs(
      nullptr,
      choose_service(),
      Given{{"service", "services/other/migrator"}, {"versoin", "1"}},
      diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(
      diagnostics.all()[0].message ==
      "Unexpected input 'versoin' for workflow_dispatch: its inputs are 'service', 'version'");
  CHECK(diagnostics.all()[0].help == "did you mean 'version'?");
}

TEST_CASE("inputs: booleans and numbers must be ones", "[trigger]") {
  const auto trigger =
      dispatch({input("dry", Type::boolean, false), input("count", Type::number, false)});
  Diagnostics diagnostics;
  resolve_dispatch_inputs(nullptr, trigger, Given{{"dry", "yes"}, {"count", "many"}}, diagnostics);
  REQUIRE(diagnostics.all().size() == 2);
  CHECK(diagnostics.all()[0].message == "Provided value 'yes' for input 'dry' is not a boolean");
  CHECK(diagnostics.all()[0].help == "--input dry=true or --input dry=false");
  CHECK(diagnostics.all()[1].message == "Provided value 'many' for input 'count' is not a number");
}

TEST_CASE("inputs: an empty text does not satisfy a required input", "[trigger]") {
  Diagnostics diagnostics;
  resolve_dispatch_inputs(
      nullptr,
      dispatch({input("name", Type::string, true, text("x"))}),
      Given{{"name", ""}},
      diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].message == "Required input 'name' not provided");
}
