// The world failed: disk, network, engine, a program that is not there. Thrown with context, caught
// in three places only: the step (it fails), the HTTP handler, main (exit code).
#pragma once

#include <stdexcept>
#include <string>

namespace crun::executor {

class Error : public std::runtime_error {
 public:
  /// Without a cure of its own, a full disk has one all the same.
  explicit Error(const std::string& what, std::string cure = {});

  /// What people can do about it; may be empty.
  const std::string& cure() const { return cure_; }
  /// The same error with "while ..." before it.
  Error within(const std::string& context) const { return Error(context + ": " + what(), cure_); }

 private:
  std::string cure_;
};

/// The last system error as text: "No such file or directory".
std::string system_error_text(int error_number);

}  // namespace crun::executor
