#include "executor/builtin/docker/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/write.hpp"
#include "executor/random_id.hpp"

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
  write_file(name, content, {.flags = O_EXCL, .mode = S_IRUSR | S_IWUSR});
  return name;
}

}  // namespace crun::executor::builtin
