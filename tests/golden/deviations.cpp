#include "tests/golden/deviations.hpp"

namespace crun::tests::golden {
namespace {

constexpr std::string_view exit_code_rules =
    "a failed build fails the step, also when docker said nothing on stderr";
constexpr std::string_view no_secret_values =
    "the state of a step is a file: of secrets it holds names, not values";

constexpr Deviation table[] = {
    {"b09-git-context-own-token", "state is", no_secret_values},
    {"b37-no-buildx",
     "",
     "`docker buildx version` alone tells that buildx is there; recorded is more"},
    {"b39-buildx-fails-silently", "", exit_code_rules},
    {"b50-mix-v6.9.0", "state is", no_secret_values},
    {"b55-silent-fail-v7.3.0", "", exit_code_rules},
    {"q05-v3.6.0", "", "images are not kept in the actions cache: the engine keeps them"},
};

}  // namespace

const Deviation* find_deviation(std::string_view case_id) {
  for (const Deviation& entry : table) {
    if (entry.case_id == case_id) return &entry;
  }
  return nullptr;
}

}  // namespace crun::tests::golden
