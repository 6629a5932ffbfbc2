// Matrices, given as JSON: limits hold, exclusions exclude, and the plain product is as large as
// arithmetic says.
#include "workflow/plan/matrix.hpp"

#include <cstdint>

#include "fuzz/oracle.hpp"

#include "workflow/expression/json.hpp"

using namespace crun::workflow;
using crun::fuzz::require;

namespace {

/// The number of combinations of a matrix of vectors alone; 0 if there is more to it.
std::uint64_t product(const Object& matrix) {
  std::uint64_t count = matrix.empty() ? 0 : 1;
  for (const auto& [name, value] : matrix) {
    const bool special = name == "include" || name == "exclude";
    if (special || !value.is_array() || value.array().empty()) return 0;
    count = count > 1'000'000 ? count : count * value.array().size();
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Value matrix;
  try {
    matrix = from_json(crun::fuzz::text_of(data, size));
  } catch (const JsonError&) {
    return 0;
  }
  const auto expected = matrix.is_object() ? product(matrix.object()) : 0;
  try {
    const auto legs = expand_matrix(matrix);
    require(legs.size() <= 256, "at most 256 legs");
    if (expected > 0) require(legs.size() == expected, "as many legs as combinations");
    for (const auto& leg : legs) {
      require(leg_name("job", leg).size() <= 4 * 100, "a name is cut");
      to_json(Value(leg.matrix));
    }
  } catch (const MatrixError&) {
    require(expected == 0 || expected > 256, "a plain product within the limit is expanded");
  }
  return 0;
}
