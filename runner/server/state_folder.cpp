#include "runner/server/state_folder.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/journal.hpp"

namespace crun::runner {

namespace fs = std::filesystem;
using executor::Error;

namespace {

std::string holder(int lock) {
  std::array<char, 32> text{};
  const auto size = ::pread(lock, text.data(), text.size() - 1, 0);
  std::string id(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return id.substr(0, id.find('\n'));
}

}  // namespace

fs::path service_folder(const std::string& option) {
  if (!option.empty()) return fs::absolute(option).lexically_normal();
  const char* variable = std::getenv("CRUN_STATE");
  if (variable != nullptr && *variable != 0) return fs::absolute(variable).lexically_normal();
  return standard_paths().state;
}

StateFolder::StateFolder(const fs::path& path) : path_(path) {
  std::error_code error;
  fs::create_directories(path_.parent_path(), error);
  if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Error(fmt::format(
        "cannot make the state directory {}: {}",
        path_.string(),
        executor::system_error_text(errno)));
  }
  if (::chmod(path_.c_str(), 0700) != 0) {
    throw Error(fmt::format(
        "cannot use the state directory {}: {}",
        path_.string(),
        executor::system_error_text(errno)));
  }
  const auto file = path_ / "lock";
  lock_ = executor::Fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_) {
    throw Error(
        fmt::format("cannot open {}: {}", file.string(), executor::system_error_text(errno)));
  }
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Error(
        fmt::format(
            "the state directory {} is in use by the daemon with process id {}",
            path_.string(),
            holder(lock_.get())),
        "stop that one, or give this one another --state");
  }
  const auto id = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock_.get(), 0) != 0 || ::pwrite(lock_.get(), id.data(), id.size(), 0) < 0) {
    throw Error(
        fmt::format("cannot write {}: {}", file.string(), executor::system_error_text(errno)));
  }
}

fs::path StateFolder::mirror(const std::string& repository) const {
  return path_ / "repositories" / (repository + ".git");
}

fs::path StateFolder::run(const std::string& id) const {
  return run_folder(path_, id);
}

}  // namespace crun::runner
