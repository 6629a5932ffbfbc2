// $GITHUB_OUTPUT and the like: any text, and values written as the toolkit writes them.
#include <string>

#include "fuzz/oracle.hpp"

#include "executor/files/file_commands.hpp"

using namespace crun::executor;
using crun::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = crun::fuzz::text_of(data, size);
  try {
    for (const auto& [name, value] : parse_key_values(text)) {
      require(name.size() + value.size() <= text.size(), "nothing is invented");
    }
  } catch (const std::runtime_error&) {
  }
  const std::string delimiter = "ghadelimiter_7d8e";
  const std::string value(text);
  if (value.find(delimiter) != std::string::npos) return 0;
  const auto pairs = parse_key_values(
      "before=1\nname<<" + delimiter + "\n" + value + "\n" + delimiter + "\nafter=2\n");
  require(pairs.size() == 3, "a block ends at its delimiter");
  require(pairs[1].first == "name" && pairs[1].second == value, "a value comes back as it was");
  require(pairs[2].second == "2", "what follows a block is read");
  return 0;
}
