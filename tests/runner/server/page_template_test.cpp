#include "runner/server/page_template.hpp"

#include "tests/catch.hpp"

using namespace crun::runner;

TEST_CASE("template: texts are escaped, HTML of ours is not", "[server]") {
  PageValues values;
  values.text("text", "<b a=\"1\" c='2'>&</b>");
  values.html("html", "<i>ours</i>");
  CHECK(fill("{{text}}", values) == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;");
  CHECK(fill("[{{html}}|{{unknown}}]", values) == "[<i>ours</i>|]");
}

TEST_CASE("template: what a text holds is never taken for a template", "[server]") {
  PageValues values;
  values.text("text", "{{secret}} {{#secret}}");
  values.text("secret", "seen");
  CHECK(fill("{{text}}", values) == "{{secret}} {{#secret}}");
}

TEST_CASE("template: sections repeat, show and hide their part", "[server]") {
  PageValues values;
  values.item("rows").text("name", "one");
  values.item("rows").text("name", "two");
  values.flag("yes", true);
  values.flag("no", false);
  values.text("empty", "");
  CHECK(fill("{{#rows}}<{{name}}>{{/rows}}{{^rows}}none{{/rows}}", values) == "<one><two>");
  CHECK(
      fill("{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{^no}}c{{/no}}{{#empty}}d{{/empty}}", values) == "ac");
  CHECK(fill("{{#none}}x{{/none}}{{^none}}none{{/none}}", values) == "none");
}

TEST_CASE("template: an item does not see what is around it", "[server]") {
  PageValues values;
  values.text("reason", "of the run");
  auto& step = values.item("steps");
  step.text("name", "step");
  CHECK(fill("{{#steps}}{{name}}{{#reason}}: {{reason}}{{/reason}}{{/steps}}", values) == "step");
}
