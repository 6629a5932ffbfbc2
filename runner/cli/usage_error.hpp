// The call is wrong: an unknown ref, workflow or event, a file that cannot be read. Nothing ran;
// exit code 2.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace crun::runner {

class UsageError : public std::runtime_error {
 public:
  explicit UsageError(const std::string& what, std::string cure = {})
      : std::runtime_error(what), cure_(std::move(cure)) {}

  /// What to call instead; may be empty.
  const std::string& cure() const { return cure_; }

 private:
  std::string cure_;
};

}  // namespace crun::runner
