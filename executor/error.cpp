#include "executor/error.hpp"

#include <system_error>

namespace crun::executor {

std::string system_error_text(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace crun::executor
