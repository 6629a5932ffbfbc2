#include "executor/error.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace crun::executor {

Error::Error(const std::string& what, std::string cure)
    : std::runtime_error(what), cure_(std::move(cure)) {
  if (cure_.empty() && what.find(system_error_text(ENOSPC)) != std::string::npos) {
    cure_ =
        "the disk is full: make room there, or let XDG_CACHE_HOME, XDG_STATE_HOME or "
        "XDG_RUNTIME_DIR name a folder on another one";
  }
}

std::string system_error_text(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace crun::executor
