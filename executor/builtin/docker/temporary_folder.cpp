#include "executor/builtin/docker/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/builtin/random_id.hpp"
#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor::builtin {

TemporaryFolder::TemporaryFolder(const ActionRuntime& runtime) {
  const std::string parent = runtime.env("RUNNER_TEMP");
  const std::filesystem::path folder = parent.empty() ? "/tmp" : parent;
  std::string pattern = (folder / "docker-actions-toolkit-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    const int reason = errno;
    throw Error(
        fmt::format("cannot make a folder in {}: {}", folder.string(), system_error_text(reason)));
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::fresh_name(
    std::string_view stem, std::string_view extension) const {
  return path_ / fmt::format("{}{}{}", stem, random_hex(10), extension);
}

std::filesystem::path TemporaryFolder::write(std::string_view content) const {
  const auto name = fresh_name(fmt::format("tmp-{}-", ::getpid()));
  const Fd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd || !write_all(fd.get(), content)) {
    throw Error(fmt::format("cannot write {}: {}", name.string(), system_error_text(errno)));
  }
  return name;
}

}  // namespace crun::executor::builtin
