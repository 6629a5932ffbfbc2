// From a paths filter to a matrix: names that are no folders, and JSON without quotes.
#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/lint/project.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

Project services() {
  Project project;
  project.files["services/node/api-node/Dockerfile"] = "";
  project.files["services/other/migrator/Dockerfile"] = "";
  project.files[".github/filters.yaml"] =
      "api-node: &node\n  - services/node/api-node/**\n  - services/other/migrator/**\n"
      "migrator: *node\n";
  return project;
}

// `write` is the line that makes the output, `filters` and `folder` go into the two jobs.
std::string pipeline(
    const std::string& write,
    const std::string& filters = ".github/filters.yaml",
    const std::string& build = "- working-directory: ${{ matrix.service }}\n        run: ls") {
  return R"(on: push
jobs:
  filter:
    runs-on: x
    outputs:
      services: ${{ steps.out.outputs.services }}
    steps:
      - id: filter
        uses: dorny/paths-filter@v3
        with:
          filters: )" +
         filters + R"(
      - id: out
        run: |
          set -e

          )" +
         write + R"(
  build:
    needs: filter
    runs-on: x
    strategy:
      matrix:
        service: ${{ fromJSON(needs.filter.outputs.services) }}
    steps:
      )" +
         build + "\n";
}

const std::string quoted = "echo 'services=${{ steps.filter.outputs.changes }}' >> $GITHUB_OUTPUT";

}  // namespace

TEST_CASE("filter names: those that are no folders are told with the folders they mean", "[lint]") {
  const auto diagnostics = services().lint(pipeline(quoted));
  const auto found = only(diagnostics, "filter-folder");
  CHECK(found.severity == Severity::error);
  CHECK(found.source->path() == ".github/filters.yaml");
  CHECK(found.span.begin == Position{1, 1});
  CHECK_THAT(found.message, ContainsSubstring("'api-node', 'migrator' become matrix.service"));
  CHECK_THAT(found.help, ContainsSubstring("api-node -> services/node/api-node"));
  CHECK_THAT(found.help, ContainsSubstring("migrator -> services/other/migrator"));
  REQUIRE(found.notes.size() == 2);
  CHECK(found.notes[0].text == "used as working-directory");
  CHECK(found.notes[0].span.begin == Position{24, 28});
}

TEST_CASE("filter names: folders are fine, and so are names that are put below one", "[lint]") {
  auto project = services();
  project.files[".github/filters.yaml"] =
      "services/node/api-node:\n  - services/node/api-node/**\n"
      "services/other/migrator:\n  - services/other/migrator/**\n";
  CHECK(project.lint(pipeline(quoted)).all().empty());
  project.files["node/api-node/x"] = "";
  project.files[".github/filters.yaml"] = "api-node:\n  - node/**\n";
  CHECK(project
            .lint(pipeline(
                quoted,
                ".github/filters.yaml",
                "- working-directory: node/${{ matrix.service }}\n        run: ls"))
            .all()
            .empty());
}

TEST_CASE("filter names: where some are folders the others may be meant to be left out", "[lint]") {
  auto project = services();
  project.files[".github/filters.yaml"] =
      "services/node/api-node:\n  - services/node/**\ndocs:\n  - docs/**\n";
  const auto found = only(project.lint(pipeline(quoted)), "filter-folder");
  CHECK(found.severity == Severity::warning);
  CHECK(found.span.begin == Position{3, 1});
}

TEST_CASE("filter names: filters within the workflow have their place there", "[lint]") {
  const auto diagnostics = services().lint(
      pipeline(quoted, "|\n            api-node:\n              - services/node/api-node/**"));
  const auto found = only(diagnostics, "filter-folder");
  CHECK(found.source->path() == "ci.yml");
  CHECK(found.span.begin == Position{12, 13});
}

TEST_CASE("filter names: a job that checks out elsewhere is left alone", "[lint]") {
  const auto build =
      "- uses: actions/checkout@v4\n        with:\n          path: there\n"
      "      - working-directory: ${{ matrix.service }}\n        run: ls";
  CHECK(services().lint(pipeline(quoted, ".github/filters.yaml", build)).all().empty());
}

TEST_CASE("quotes: JSON between double quotes that is parsed later is an error", "[lint]") {
  auto project = services();
  project.files[".github/filters.yaml"] = "services/node/api-node:\n  - services/node/**\n";
  const auto found = only(
      project.lint(
          pipeline("echo \"services=${{ steps.filter.outputs.changes }}\" >> $GITHUB_OUTPUT")),
      "json-quotes");
  CHECK(found.severity == Severity::error);
  CHECK(found.span.begin == Position{16, 26});
  CHECK_THAT(found.message, ContainsSubstring("JSON loses its quotes"));
  CHECK(
      found.help ==
      "use single quotes: echo 'services=${{ steps.filter.outputs.changes }}' >> $GITHUB_OUTPUT");
  only(
      project.lint(pipeline("echo services=${{ steps.filter.outputs.changes }} >> $GITHUB_OUTPUT")),
      "json-quotes");
}

TEST_CASE("quotes: single quotes, here-documents and comments keep the JSON", "[lint]") {
  auto project = services();
  project.files[".github/filters.yaml"] = "services/node/api-node:\n  - services/node/**\n";
  const std::string document =
      "cat >> $GITHUB_OUTPUT <<EOF\n          services=${{ steps.filter.outputs.changes }}\n"
      "          EOF";
  CHECK(project.lint(pipeline(document)).all().empty());
  CHECK(project.lint(pipeline(quoted)).all().empty());
  CHECK(project.lint(pipeline(quoted + "  # ${{ steps.filter.outputs.changes }}")).all().empty());
  const std::string nested =
      "echo \"x=$(echo '${{ steps.filter.outputs.changes }}' | wc -c)\" >> $GITHUB_OUTPUT";
  CHECK(project.lint(pipeline(nested)).all().empty());
}

TEST_CASE("quotes: what is only printed may lose them", "[lint]") {
  CHECK(Project()
            .lint("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
                  "      - run: echo \"${{ toJSON(github) }}\"\n")
            .all()
            .empty());
  const auto kept = only(
      Project().lint("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
                     "      - run: echo \"all=${{ toJSON(github) }}\" >> $GITHUB_OUTPUT\n"),
      "json-quotes");
  CHECK(kept.severity == Severity::warning);
  CHECK(kept.span.begin == Position{6, 24});
}

TEST_CASE("quotes: no single quotes are proposed where variables stand between them", "[lint]") {
  auto project = services();
  project.files[".github/filters.yaml"] = "services/node/api-node:\n  - services/node/**\n";
  const auto found = only(
      project.lint(
          pipeline("echo \"services=${{ steps.filter.outputs.changes }}$X\" >> $GITHUB_OUTPUT")),
      "json-quotes");
  CHECK(found.help == "put single quotes around it, or hand it over through env:");
}

TEST_CASE("filter names: they are followed through the environment of a script", "[lint]") {
  auto text = pipeline("echo \"services=$CHANGES\" >> $GITHUB_OUTPUT");
  const std::string step = "      - id: out\n";
  text.insert(
      text.find(step) + step.size(),
      "        env:\n          CHANGES: ${{ steps.filter.outputs.changes }}\n");
  only(services().lint(text), "filter-folder");
}
