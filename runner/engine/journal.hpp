// A run on disk: its events as lines of JSON, written from the same stream as everything else, so
// that a finished run can be shown again through any sink.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "executor/events.hpp"
#include "executor/process/fd.hpp"

namespace crun::runner {

/// In the run's folder.
inline constexpr const char* journal_name = "events.jsonl";

/// Appends to it, whole lines at a time. A full disk ends the
/// journal, not the run: it is told once through trouble().
class Journal : public executor::EventSink {
 public:
  /// Makes the folder. Throws Error.
  explicit Journal(const std::filesystem::path& folder);
  void on_event(const executor::Event& event) override;
  void flush() override;

  const std::filesystem::path& path() const { return path_; }
  const std::string& trouble() const { return trouble_; }

 private:
  std::filesystem::path path_;
  executor::Fd file_;
  std::string pending_;
  std::string trouble_;
};

/// "<state>/runs".
std::filesystem::path runs_folder(const std::filesystem::path& state);
/// "<state>/runs/<run>".
std::filesystem::path run_folder(const std::filesystem::path& state, const std::string& run);

/// Unique and sortable: "20261121-114300-3f9a2c".
std::string new_run_id();
/// Whether it looks like one of those; a service's runs have numbers.
bool is_run_id(std::string_view name);

}  // namespace crun::runner
