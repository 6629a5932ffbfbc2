// matrix: a matrix without expressions -> its legs, in order. The order of keys in a leg is free.
#include "workflow/plan/matrix.hpp"

#include <exception>
#include <string>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

// Sorted by key; every number as a double, as values have them.
std::string sorted(const Json& json) {
  return nlohmann::json::parse(to_json(to_value(json)).dump()).dump();
}

std::string expanded(const Json& matrix) {
  try {
    auto legs = Json::array();
    for (const auto& leg : workflow::expand_matrix(to_value(matrix))) {
      legs.push_back(to_json(leg.matrix));
    }
    return sorted(legs);
  } catch (const std::exception& error) {
    return error.what();
  }
}

void run(const std::filesystem::path& folder, Report& report) {
  for (const auto& file : line_files(folder)) {
    each_line(file, report, [&](const Json& test) {
      report.check(
          test.at("id").get<std::string>(),
          sorted(test.at("expected")),
          expanded(test.at("matrix")));
    });
  }
}

const Registration registration{{"matrix", run}};

}  // namespace

}  // namespace crun::conformance
