#include "runner/engine/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/random_id.hpp"
#include "runner/render/event_json.hpp"

namespace crun::runner {

namespace fs = std::filesystem;
using executor::Error;

namespace {
constexpr std::size_t largest_write = 256 * 1024;
constexpr int random_digits = 6;
}  // namespace

Journal::Journal(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(
        fmt::format("cannot keep a journal in {}: {}", folder.string(), error.message()),
        "set XDG_STATE_HOME to a folder that can be written to");
  }
  path_ = folder / journal_name;
  file_ = executor::Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file_) {
    throw Error(fmt::format(
        "cannot keep a journal in {}: {}", path_.string(), executor::system_error_text(errno)));
  }
}

void Journal::on_event(const executor::Event& event) {
  if (!trouble_.empty()) return;
  append_event_json(event, pending_);
  pending_ += '\n';
  if (pending_.size() >= largest_write) flush();
}

void Journal::flush() {
  if (!executor::write_all(file_.get(), pending_)) {
    trouble_ = fmt::format(
        "the journal {} ends here: {}", path_.string(), executor::system_error_text(errno));
  }
  pending_.clear();
}

fs::path runs_folder(const fs::path& state) {
  return state / "runs";
}

fs::path run_folder(const fs::path& state, const std::string& run) {
  return runs_folder(state) / run;
}

std::string new_run_id() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  return fmt::format(
      "{:04}{:02}{:02}-{:02}{:02}{:02}-{}",
      utc.tm_year + 1900,
      utc.tm_mon + 1,
      utc.tm_mday,
      utc.tm_hour,
      utc.tm_min,
      utc.tm_sec,
      executor::random_hex(random_digits));
}

bool is_run_id(std::string_view name) {
  constexpr std::string_view form = "00000000-000000-";
  const auto number = name.substr(0, form.size()), rest = name.substr(number.size());
  return std::equal(
             number.begin(),
             number.end(),
             form.begin(),
             form.end(),
             [](char is, char shall) {
               return shall == '-' ? is == '-' : is >= '0' && is <= '9';
             }) &&
         rest.size() == random_digits &&
         rest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace crun::runner
