// What `crun run` and `crun plan` are asked to do: the command line as data.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace crun::runner {

/// A run that `crun serve` has started: the service names it, and its journal is the service's.
struct ServiceRun {
  std::string id;
  std::filesystem::path folder;  // of the journal
  /// Hears why the journal has ended before the run: it cannot say so itself.
  std::function<void(const std::string& why)> journal_ended;
};

struct RunOptions {
  std::string workflow;  // path, file name or name; empty: the only one
  std::string event;
  std::filesystem::path event_file;
  /// The payload itself, instead of a file.
  std::shared_ptr<const nlohmann::ordered_json> event_payload;
  std::string ref;
  /// With a full ref: the commit of the event, wherever the ref is now.
  std::string sha;
  std::map<std::string, std::string> inputs;
  std::map<std::string, std::string> secrets;
  std::map<std::string, std::string> vars;
  std::map<std::string, std::string> env;
  /// Names of secrets that came through crun's own environment: steps must not inherit those.
  std::vector<std::string> secret_variables;
  std::vector<std::string> jobs;
  std::vector<std::pair<std::string, std::string>> matrix;
  std::map<std::string, std::string> platforms;  // label -> image, or "host"
  std::string engine = "docker";                 // or podman
  std::string pull = "missing";                  // or always, never
  int max_parallel = 0;                          // 0: the number of cores, at least 2
  std::filesystem::path directory;               // -C
  std::string registry_map;
  std::map<std::string, std::filesystem::path> actions;  // "owner/repo[/path]@ref" -> folder
  std::string server_url = "https://github.com";
  bool offline = false;
  std::string actor;
  bool force = false;
  bool sandbox = false;           // jobs on the machine see it read-only
  bool live_workspace = false;    // steps work in the user's own folder
  bool copied_workspace = false;  // also where it could be laid over a stored tree
  bool act = true;                // --no-act: as GitHub would
  bool skip_checkout = true;      // --no-skip-checkout: the commit also in act mode
  bool json = false;
  bool strict = false;
  bool lenient = false;
  bool only_plan = false;  // nothing will run: what cannot be fetched is no error
  std::optional<ServiceRun> service;
};

}  // namespace crun::runner
