// Problem matchers: a configuration, then lines. No pattern takes long, and what is found lies in
// the line.
#include <string>

#include "fuzz/oracle.hpp"

#include "executor/log/problem_matcher.hpp"

using namespace crun::executor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto parts = crun::fuzz::parts_of(crun::fuzz::text_of(data, size), 12);
  MatcherSet matchers;
  try {
    auto read = parse_matchers(parts.front());
    for (auto& matcher : read) {
      crun::fuzz::require(!matcher.owner.empty(), "a matcher has an owner");
      crun::fuzz::require(!matcher.patterns.empty(), "a matcher has patterns");
    }
    matchers.add(std::move(read));
  } catch (const MatcherError&) {
    return 0;
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto line = without_colours(parts[i]);
    const auto problem = matchers.match(line, "/nowhere", [](const std::string&) {});
    if (problem) crun::fuzz::require(!problem->message.empty(), "a problem has a message");
  }
  return 0;
}
