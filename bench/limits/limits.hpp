// What the machine can do at best: the sides called "limit" that are more than a program to start.
// Each does only what nobody can leave out who comes to the same result, so nothing of crun is in
// them. What such a side does not do is said at each; no goal asks for a ratio of 1.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "executor/process/fd.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::bench {

/// Q4: containers at the same time, each created, started, waited for and removed. Milliseconds
/// until all are gone. The floor because every way to a container ends in these four requests: here
/// they go straight into the engine's socket, without a client's process, an agent or a workspace.
double container_lives(const std::string& image, int at_once);

/// Q5: every line found and copied. The floor because a line that is kept was looked at and moved
/// once; nothing is hidden, nothing parsed. Gives the number of lines.
std::size_t copied_lines(std::string_view text);

/// Q8.read, Q8.list: the events of the YAML library with nobody listening. Not the machine's limit
/// but that of the library, of which nothing is ours. Throws what the library throws.
void yaml_events(const std::string& text);

/// Q8.graph: the graph of a workflow without names, conditions or results. The floor because who
/// starts each job after what it needs has at least counted every edge down once.
class FlatGraph {
 public:
  explicit FlatGraph(const workflow::Workflow& workflow);
  /// Indices of all jobs, each behind those it needs.
  std::vector<int> order() const;

 private:
  std::vector<int> needs_;       // how many each job has
  std::vector<int> first_;       // in dependants_, and one more at the end
  std::vector<int> dependants_;  // of all jobs, in their order
};

/// Q6, Q13: a service in one thread of this process. It takes any POST, stores it durably, answers
/// `{"runs":["ID"]}` in one line, starts bash with a script and passes on what that prints, on the
/// same connection. The floor because a webhook must be stored before it is answered, a script
/// needs its shell, and a line goes through the shell's pipe and the reader's socket. There is no
/// signature, no repository, no workflow, no job, no log that is kept.
class LeastService {
 public:
  LeastService(const std::filesystem::path& folder, const std::string& script);
  ~LeastService();
  LeastService(const LeastService&) = delete;
  LeastService& operator=(const LeastService&) = delete;

  int port() const { return port_; }

 private:
  void serve(const std::filesystem::path& database, const std::filesystem::path& script);

  executor::Fd listener_;
  int port_ = 0;
  std::jthread thread_;
};

struct Reopened {
  double milliseconds = 0;
  std::int64_t rows = 0;
};

/// Q14: a database opened as a crash left it, and all its rows counted. The floor because who goes
/// on after kill -9 has to read what was stored. Works on copies that it makes in the folder; there
/// is no process to start and no port to listen on.
Reopened reopened(const std::filesystem::path& database, const std::filesystem::path& folder);

/// One table, one row a commit, each on disk before the call returns (WAL, synchronous FULL).
class DurableRows {
 public:
  explicit DurableRows(const std::filesystem::path& database);
  ~DurableRows();
  DurableRows(const DurableRows&) = delete;
  DurableRows& operator=(const DurableRows&) = delete;

  /// Gives the row's number.
  std::int64_t add(std::string_view text);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace crun::bench
