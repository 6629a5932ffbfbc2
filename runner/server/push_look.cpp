#include "runner/server/push_look.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/git/remote_url.hpp"
#include "executor/git/repository.hpp"
#include "runner/cli/usage_error.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::runner {

using executor::git::RefMap;
using executor::git::Repository;
using Json = nlohmann::ordered_json;

namespace {

std::string place_in(const RefMap& refs, const std::string& ref) {
  const auto found = refs.find(ref);
  return found == refs.end() ? zero_id : found->second;
}

Json repository_json(const LookRequest& request, const Repository& repository) {
  constexpr std::string_view heads = "refs/heads/";
  const auto origin = executor::git::remote_name(request.url);
  const auto head = repository.head().ref;
  Json object = {
      {"name", request.repository},
      {"full_name", origin ? origin->owner + "/" + origin->name : "local/" + request.repository},
      {"clone_url", executor::git::without_credentials(request.url)}};
  if (head.starts_with(heads)) object["default_branch"] = head.substr(heads.size());
  return object;
}

/// At a commit of a ref.
EventToMatch event_of(
    const LookRequest& request,
    const std::string& name,
    const std::string& ref,
    const std::string& sha,
    EventBody payload) {
  EventToMatch event;
  event.mirror = request.mirror.folder();
  event.repository = request.repository;
  event.event = name;
  event.ref = ref;
  event.sha = sha;
  event.payload = std::move(payload);
  event.vars = request.vars;
  return event;
}

/// The commit and what it starts; of a ref that is gone nothing.
void complete(const LookRequest& request, const Repository& repository, RefChange& change) {
  if (change.after == zero_id) {
    change.match.why_not = "it was deleted";
    return;
  }
  const auto commit = repository.commit(change.after);
  if (!commit) {
    change.match.why_not = "the repository has no such commit any more";
    return;
  }
  change.sha = commit->id;
  change.match = match_workflows(event_of(request, "push", change.ref, change.sha, change.payload));
}

}  // namespace

Look look_at(const LookRequest& request, const RefMap& positions, bool first_look) {
  Look look;
  look.refs = request.mirror.look();
  if (!first_look && look.refs == positions) return look;
  request.mirror.fetch();
  look.refs = request.mirror.refs();
  if (first_look) return look;
  std::set<std::string> names;
  for (const auto& [name, id] : look.refs) names.insert(name);
  for (const auto& [name, id] : positions) names.insert(name);
  const auto repository = Repository::open(request.mirror.folder());
  const auto described = repository_json(request, repository);
  for (const auto& name : names) {
    RefChange change;
    change.ref = name;
    change.before = place_in(positions, name);
    change.after = place_in(look.refs, name);
    if (change.before == change.after) continue;
    Json payload = {
        {"ref", change.ref},
        {"before", change.before},
        {"after", change.after},
        {"repository", described}};
    change.payload = make_event_body(std::move(payload));
    complete(request, repository, change);
    look.changes.push_back(std::move(change));
  }
  return look;
}

PushDecision decide_push(
    const LookRequest& request,
    const ToldPush& push,
    const std::string& position,
    const std::vector<Movement>& movements) {
  request.mirror.fetch();
  const auto repository = Repository::open(request.mirror.folder());
  RefSituation situation;
  situation.position = position;
  situation.tip = place_in(request.mirror.refs(), push.ref);
  situation.movements = movements;
  situation.is_ancestor = [&repository](const std::string& ancestor, const std::string& of) {
    const bool known = ancestor != zero_id && of != zero_id && repository.commit(ancestor) &&
                       repository.commit(of);
    return known && repository.is_ancestor(ancestor, of);
  };
  PushDecision decision;
  decision.verdict = judge_move(push.before, push.after, situation);
  decision.change.ref = push.ref;
  decision.change.before = push.before;
  decision.change.after = push.after;
  decision.change.payload = push.payload;
  if (decision.verdict.fresh) complete(request, repository, decision.change);
  return decision;
}

DispatchDecision decide_dispatch(const LookRequest& request, const DispatchWish& wish) {
  request.mirror.fetch();
  const auto repository = Repository::open(request.mirror.folder());
  const auto found = wish.ref.empty()
                         ? repository.head()
                         : repository.resolve(wish.ref).value_or(executor::git::Head());
  if (found.ref.empty() || found.commit.empty()) {
    const auto near = workflow::nearest(wish.ref, repository.branches());
    throw UsageError(
        wish.ref.empty() ? "the repository has no commit yet" : "unknown ref " + wish.ref,
        near ? "did you mean " + *near + "?" : "");
  }
  Json inputs = Json::object();
  for (const auto& [name, value] : wish.inputs) inputs[name] = value;
  Json payload = {
      {"ref", found.ref},
      {"inputs", std::move(inputs)},
      {"repository", repository_json(request, repository)}};
  auto body = make_event_body(std::move(payload));
  const auto event =
      event_of(request, "workflow_dispatch", found.ref, found.commit, std::move(body));
  DispatchDecision decision;
  decision.workflow = match_dispatch(event, wish.workflow);
  decision.ref = event.ref;
  decision.sha = event.sha;
  decision.payload = event.payload;
  return decision;
}

}  // namespace crun::runner
