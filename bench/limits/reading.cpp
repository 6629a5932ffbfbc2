// The least that can be done with the text of a log, of a workflow, and with a graph.
#include <cstring>
#include <sstream>
#include <unordered_map>

#include "bench/limits/limits.hpp"
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

namespace crun::bench {
namespace {

class Nobody : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(
      const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(
      const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(
      const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

std::size_t copied_lines(std::string_view text) {
  std::string kept(text.size(), '\0');
  std::size_t lines = 0;
  auto* to = kept.data();
  while (!text.empty()) {
    const void* newline = std::memchr(text.data(), '\n', text.size());
    const auto length = newline ? static_cast<const char*>(newline) - text.data() + 1
                                : static_cast<std::ptrdiff_t>(text.size());
    std::memcpy(to, text.data(), static_cast<std::size_t>(length));
    to += length;
    text.remove_prefix(static_cast<std::size_t>(length));
    ++lines;
  }
  return lines;
}

void yaml_events(const std::string& text) {
  Nobody nobody;
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  while (parser.HandleNextDocument(nobody)) {
  }
}

FlatGraph::FlatGraph(const workflow::Workflow& workflow) {
  const auto& jobs = workflow.jobs;
  std::unordered_map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < jobs.size(); ++i) index.emplace(jobs[i].id, i);
  std::vector<std::vector<int>> dependants(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    needs_.push_back(static_cast<int>(jobs[i].needs.size()));
    for (const auto& need : jobs[i].needs) {
      dependants[index.at(need.job)].push_back(static_cast<int>(i));
    }
  }
  for (const auto& of_one : dependants) {
    first_.push_back(static_cast<int>(dependants_.size()));
    dependants_.insert(dependants_.end(), of_one.begin(), of_one.end());
  }
  first_.push_back(static_cast<int>(dependants_.size()));
}

std::vector<int> FlatGraph::order() const {
  auto left = needs_;
  std::vector<int> order;
  order.reserve(left.size());
  for (std::size_t job = 0; job < left.size(); ++job) {
    if (left[job] == 0) order.push_back(static_cast<int>(job));
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    const auto job = static_cast<std::size_t>(order[at]);
    for (int i = first_[job]; i < first_[job + 1]; ++i) {
      const int next = dependants_[static_cast<std::size_t>(i)];
      if (--left[static_cast<std::size_t>(next)] == 0) order.push_back(next);
    }
  }
  return order;
}

}  // namespace crun::bench
