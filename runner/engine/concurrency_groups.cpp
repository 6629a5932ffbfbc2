#include "runner/engine/concurrency_groups.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace crun::runner {

std::string group_key(const std::string& name) {
  std::string key = name;
  std::transform(key.begin(), key.end(), key.begin(), [](unsigned char byte) {
    return static_cast<char>(std::tolower(byte));
  });
  return key;
}

GroupRequest group_request(const workflow::Concurrency& concurrency, const workflow::Scope& scope) {
  constexpr std::size_t longest = 400;
  const auto says = [&](const workflow::TokenPtr& token, std::string_view value) {
    return token && evaluate_string(*token, scope) == value;
  };
  GroupRequest request;
  if (concurrency.group) request.name = evaluate_string(*concurrency.group, scope);
  if (request.name.empty() || request.name.size() > longest) {
    throw workflow::EvaluationError(
        request.name.empty() ? "the name of the concurrency group is empty"
                             : "Concurrency group name must be less than 400 characters");
  }
  request.cancel_in_progress = says(concurrency.cancel_in_progress, "true");
  request.queues = says(concurrency.queue, "max");
  return request;
}

std::string deadlock(const std::string& group, const std::string& leg) {
  return fmt::format(
      "Canceling since a deadlock was detected for concurrency group: '{}' between a top level "
      "workflow and '{}'",
      group,
      leg);
}

ConcurrencyGroups::Answer ConcurrencyGroups::ask(
    const std::string& leg, const GroupRequest& request) {
  auto& group = groups_[group_key(request.name)];
  if (group.holder == leg) return Answer::holds;
  auto& waiting = group.waiting;
  const bool known = std::find(waiting.begin(), waiting.end(), leg) != waiting.end();
  if (group.holder.empty() && (waiting.empty() || waiting.front() == leg)) {
    std::erase(waiting, leg);
    group.holder = leg;
    return Answer::holds;
  }
  if (known) return Answer::waits;
  const bool replaces = !request.queues && !waiting.empty();
  if (replaces) {
    for (const auto& older : waiting) {
      ousted_[older] = fmt::format(
          "Canceling since a higher priority waiting request for '{}' exists", request.name);
    }
    waiting.clear();
  }
  waiting.push_back(leg);
  const bool cancels = request.cancel_in_progress && !group.holder.empty();
  if (cancels) {
    ousted_[group.holder] = fmt::format(
        "{} is in the same concurrency group '{}' and cancels what is in progress",
        leg,
        request.name);
  }
  return replaces || cancels ? Answer::ousts : Answer::waits;
}

bool ConcurrencyGroups::oust(const std::string& leg, std::string reason) {
  ousted_[leg] = std::move(reason);
  return true;
}

void ConcurrencyGroups::leave(const std::string& leg) {
  for (auto& [key, group] : groups_) {
    if (group.holder == leg) group.holder.clear();
    std::erase(group.waiting, leg);
  }
  ousted_.erase(leg);
}

std::optional<std::string> ConcurrencyGroups::ousted(const std::string& leg) const {
  const auto found = ousted_.find(leg);
  if (found == ousted_.end()) return std::nullopt;
  return found->second;
}

}  // namespace crun::runner
