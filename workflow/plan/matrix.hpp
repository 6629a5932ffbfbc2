// `strategy.matrix`, once evaluated, expanded to its combinations (GitHub's MatrixBuilder rules,
// runner.md 1.12.1).
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

/// GitHub's message: "Matrix vector 'service' does not contain any values".
struct MatrixError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct MatrixLeg {
  /// The `matrix` context of this leg.
  Object matrix;
  /// What goes into the display name: "(a, b)" without the extras of includes; empty if nothing.
  std::string name_suffix;
};

/// Expands an evaluated matrix; more than 256 legs are refused before they are made. Throws
/// MatrixError.
std::vector<MatrixLeg> expand_matrix(const Value& matrix);

/// `id (v1, v2)`, cut to 100 characters as GitHub does.
std::string leg_name(const std::string& job_id, const MatrixLeg& leg);

}  // namespace crun::workflow
