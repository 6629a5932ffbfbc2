// A real `crun serve` with a bare repository of its own, to be tried from outside. All of it is in
// one folder, whose name is in the environment of everything that is started.
#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include <nlohmann/json.hpp>

namespace crun::tests {

using Json = nlohmann::ordered_json;

class ServiceWorld {
 public:
  /// A repository with one workflow, count.yml, and a configuration that serves it as "demo".
  ServiceWorld();
  ~ServiceWorld();
  ServiceWorld(const ServiceWorld&) = delete;
  ServiceWorld& operator=(const ServiceWorld&) = delete;

  std::filesystem::path state() const { return folder / "state"; }
  void git(std::vector<std::string> words) const;  // in the clone `work`
  /// Adds text to the configuration: keys of the repository "demo", or further repositories.
  void configure(const std::string& more) const;

  void start();
  void kill(int signal = SIGKILL);
  /// The answer to a request, as soon as a daemon gives one. Refusals are thrown.
  Json ask(const Json& request) const;
  /// Dispatches count.yml; gives the run's id.
  std::string dispatch(const std::string& mark, int lines, const std::string& pause) const;
  /// As long as this file is there the run of this mark does not end, and writes nothing.
  std::filesystem::path hold(const std::string& mark) const {
    return folder / ("ledger.hold-" + mark);
  }
  Json runs() const;  // newest first
  Json run(const std::string& id) const;
  /// The run when it has ended, or as it is after the time.
  Json ended(const std::string& id, std::chrono::seconds limit) const;

  /// Processes that this service has started, directly or not.
  std::vector<pid_t> left() const;
  /// How often each mark was written to the ledger with this word, "start" or "end".
  std::map<std::string, int> ledger(const std::string& word) const;
  /// The numbers that a run's journal has, in its order.
  std::vector<int> ticks(const std::string& run) const;

  std::filesystem::path folder;

 private:
  pid_t daemon_ = 0;
};

/// Asks again and again.
bool becomes_true(std::chrono::seconds limit, const std::function<bool()>& question);

}  // namespace crun::tests
