// Findings in the form of GitHub's parser: "<file> (Line: l, Col: c): <text>", at most ten of 500
// characters each.
#pragma once

#include <string>
#include <vector>

#include "workflow/source/diagnostic.hpp"

namespace crun::conformance {

struct Finding {
  std::string file;  // empty where GitHub tells none
  int line = 0;      // 0 where GitHub tells no place
  int column = 0;
  std::string message;  // with the place
  std::string text;     // without

  std::string place() const;
};

/// The errors among the diagnostics.
std::vector<Finding> as_github_tells(const workflow::Diagnostics& diagnostics);

}  // namespace crun::conformance
