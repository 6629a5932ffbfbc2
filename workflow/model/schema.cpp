#include "workflow/model/schema.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace crun::workflow::schema {

namespace {

constexpr int any_number = std::numeric_limits<int>::max();

constexpr std::pair<Name, std::string_view> contexts[] = {
    {env, "env"},
    {github, "github"},
    {inputs, "inputs"},
    {job, "job"},
    {jobs, "jobs"},
    {matrix, "matrix"},
    {needs, "needs"},
    {runner, "runner"},
    {secrets, "secrets"},
    {steps, "steps"},
    {strategy, "strategy"},
    {vars, "vars"},
};

ExpressionNames make_names(Names names) {
  ExpressionNames made;
  for (const auto& [name, text] : contexts) {
    if (names & name) made.contexts.emplace_back(text);
  }
  if (names & hash_files) made.functions.push_back({"hashFiles", 1, 255});
  if (names & (job_status | step_status)) {
    const int most = names & job_status ? any_number : 0;
    made.functions.push_back({"always", 0, 0});
    made.functions.push_back({"cancelled", 0, 0});
    made.functions.push_back({"failure", 0, most});
    made.functions.push_back({"success", 0, most});
  }
  return made;
}

void find_places(
    const Place& place,
    Names around,
    Names name,
    const std::string& path,
    std::vector<const Place*>& above,
    std::vector<std::string>& found) {
  if (std::find(above.begin(), above.end(), &place) != above.end()) return;  // steps in parallel
  const Names here = around | place.names;
  if ((here & name) && !(around & name)) {
    if (std::find(found.begin(), found.end(), path) == found.end()) found.push_back(path);
    return;
  }
  above.push_back(&place);
  if (place.items) find_places(*place.items, here, name, path + "[*]", above, found);
  for (const auto& shape : place.shapes) {
    const auto prefix = path.empty() ? path : path + ".";
    for (const auto& key : shape.keys) {
      find_places(*key.value, here, name, prefix + std::string(key.name), above, found);
    }
    if (shape.others) {
      const auto other = path == "jobs" ? "<job_id>" : "<name>";
      find_places(*shape.others, here, name, prefix + other, above, found);
    }
  }
  above.pop_back();
}

}  // namespace

const ExpressionNames& expression_names(Names names) {
  // One per thread: the floor knows no locks, and there are some twenty different sets.
  thread_local std::map<Names, ExpressionNames> made;
  const auto found = made.find(names);
  if (found != made.end()) return found->second;
  return made.emplace(names, make_names(names)).first->second;
}

Names context_named(std::string_view name) {
  for (const auto& [bit, text] : contexts) {
    if (text == name) return bit;
  }
  return 0;
}

std::vector<std::string> places_with(Names name) {
  std::vector<std::string> found;
  std::vector<const Place*> above;
  find_places(workflow, 0, name, "", above, found);
  return found;
}

}  // namespace crun::workflow::schema
