// A service without a queue: runs and repositories are what a test puts in, journals are files.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "runner/server/service_view.hpp"

namespace crun::runner::test {

class FakeService : public ServiceView {
 public:
  FakeService() {
    static int count = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("crun-pages-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(folder_);
  }
  ~FakeService() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  FakeService(const FakeService&) = delete;
  FakeService& operator=(const FakeService&) = delete;

  RunRecord& add(const std::string& id, RunState state) {
    RunRecord run;
    run.id = id;
    run.repository = "demo";
    run.workflow = ".github/workflows/slow.yml";
    run.event = "push";
    run.ref = "refs/heads/main";
    run.sha = "8d28fe3163483c1e2f3a4b5c6d7e8f9001122334";
    run.state = state;
    run.created_ms = 1'795'267'200'000;
    if (state != RunState::queued) run.started_ms = run.created_ms + 250;
    if (state == RunState::ended) {
      run.ended_ms = run.started_ms + 1'500;
      run.conclusion = "success";
    }
    known.insert(known.begin(), run);
    return known.front();
  }

  /// Appends bytes to the journal and says so.
  void write(const std::string& id, const std::string& bytes) {
    std::ofstream(journal(id), std::ios::app | std::ios::binary) << bytes;
    changed(id);
  }

  void changed(const std::string& id) {
    for (const auto& [handle, listener] : listeners) listener(id);
  }

  std::vector<RunRecord> runs(int limit) const override {
    auto found = known;
    if (found.size() > static_cast<std::size_t>(limit))
      found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  std::optional<RunRecord> run(const std::string& id) const override {
    for (const auto& record : known) {
      if (record.id == id) return record;
    }
    return std::nullopt;
  }
  std::filesystem::path journal(const std::string& id) const override {
    return folder_ / (id + ".jsonl");
  }
  std::vector<RepositoryStatus> repositories() const override { return repository_list; }
  void webhook(WebhookRequest request, std::function<void(WebhookAnswer)> answer) override {
    webhooks.push_back(std::move(request));
    answer({202, R"({"runs":["1"]})"});
  }
  std::size_t listen(Listener listener) override {
    listeners[++last_handle] = std::move(listener);
    return last_handle;
  }
  void unlisten(std::size_t handle) override { listeners.erase(handle); }

  std::vector<RunRecord> known;  // newest first
  std::vector<RepositoryStatus> repository_list;
  std::vector<WebhookRequest> webhooks;
  std::map<std::size_t, Listener> listeners;
  std::size_t last_handle = 0;

 private:
  std::filesystem::path folder_;
};

}  // namespace crun::runner::test
