#include "runner/server/run_start.hpp"

#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace crun::runner {

namespace {

constexpr int lock_descriptor = 3;
constexpr std::size_t longest_note = 1024;

}  // namespace

void announce_to_service() {
  if (::fcntl(lock_descriptor, F_SETFD, FD_CLOEXEC) != 0) return;  // started by hand
  const auto text = fmt::format("{}\n", ::getpid());
  static_cast<void>(::pwrite(lock_descriptor, text.data(), text.size(), 0) < 0);
}

void leave_note_for_service(const std::string& note) {
  const auto text = fmt::format("{}\n{}\n", ::getpid(), note.substr(0, longest_note));
  static_cast<void>(::pwrite(lock_descriptor, text.data(), text.size(), 0) < 0);
}

std::string note_of_run(const std::filesystem::path& folder) {
  std::ifstream file(folder / run_lock_name);
  std::string id, note;
  std::getline(file, id);
  std::getline(file, note);
  return note;
}

}  // namespace crun::runner
