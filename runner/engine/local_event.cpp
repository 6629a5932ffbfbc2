#include "runner/engine/local_event.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/context/json_value.hpp"
#include "executor/error.hpp"
#include "executor/git/remote_url.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/engine/event_file.hpp"
#include "runner/engine/event_names.hpp"
#include "runner/engine/event_payload.hpp"
#include "runner/engine/event_source.hpp"

namespace crun::runner {

namespace {

using executor::git::Repository;
using workflow::On;
using Json = nlohmann::ordered_json;
using Names = std::vector<std::string>;

constexpr std::string_view heads = "refs/heads/", tags = "refs/tags/";
const std::string zeros(40, '0');

std::string input_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
}

bool has_path_filter(const workflow::EventTrigger* trigger) {
  return trigger && (trigger->paths || trigger->paths_ignore);
}

/// "local" owns what has no origin elsewhere.
executor::git::RemoteName origin_of(const Repository& repository) {
  if (auto origin = executor::git::remote_name(repository.remote_url().value_or(""))) {
    return std::move(*origin);
  }
  auto folder = repository.root().filename().string();
  for (auto& c : folder) {
    const auto byte = static_cast<unsigned char>(c);
    if (!std::isalnum(byte) && c != '.' && c != '_' && c != '-') c = '-';
  }
  return {"https://github.com", "local", folder.empty() ? "repository" : folder};
}

}  // namespace

std::string RunEvent::ref_name() const {
  return short_ref_name(ref);
}

std::string RunEvent::ref_type() const {
  if (ref.empty()) return "";
  return ref.starts_with(tags) ? "tag" : "branch";
}

workflow::EventFacts RunEvent::facts() const {
  workflow::EventFacts facts;
  facts.name = name;
  facts.ref = ref;
  facts.base_ref = base_ref;
  facts.action = action;
  facts.changed_paths = changed_paths;
  return facts;
}

struct LocalEvents::Impl {
  const Repository& repository;
  EventRequest request;
  Json file = Json::object();
  EventSource source;

  std::string commit_in_file(std::initializer_list<const char*> keys) const {
    return known_commit(repository, text_at(file, keys));
  }
  RunEvent describe(const std::string& name, const On& on) const;
  void describe_push(RunEvent& event, const On& on) const;
  void describe_pull_request(RunEvent& event) const;
  std::string commit_before(const RunEvent& event) const;
  std::optional<Names> pushed_paths(const RunEvent& event) const;
  void add_dirty(std::optional<Names>& paths) const;
  bool can_make(const std::string& name) const;
  RunEvent choose(const On& on) const;
  RunEvent named(const On& on) const;
};

LocalEvents::LocalEvents(const Repository& repository, EventRequest request)
    : impl_(new Impl{repository, std::move(request), Json::object(), {}}) {
  auto& impl = *impl_;
  const auto& event = impl.request.event;
  if (!event.empty() && !is_known_event(event)) {
    const auto near = nearest_event(event);
    throw UsageError("unknown event " + event, near ? "did you mean " + *near + "?" : "");
  }
  if (!impl.request.event_file.empty()) {
    impl.file = read_event_file(
        impl.request.event_file, impl.request.current_folder, impl.request.directory);
  }
  if (impl.request.event_payload) impl.file = *impl.request.event_payload;
  impl.source = find_event_source(repository, impl.request, impl.file);
}

LocalEvents::~LocalEvents() = default;
LocalEvents::LocalEvents(LocalEvents&&) noexcept = default;

const std::string& LocalEvents::ref() const {
  return impl_->source.head.ref;
}
const std::string& LocalEvents::sha() const {
  return impl_->source.head.commit;
}
bool LocalEvents::at_head() const {
  return impl_->source.at_head;
}

std::string LocalEvents::Impl::commit_before(const RunEvent& event) const {
  const auto given = text_at(file, {"before"});
  if (given == zeros) return zeros;
  if (const auto known = known_commit(repository, given); !known.empty()) return known;
  if (event.ref.starts_with(tags)) return zeros;
  const auto origin = repository.resolve("refs/remotes/origin/" + short_ref_name(event.ref));
  if (origin && origin->commit != event.sha && repository.is_ancestor(origin->commit, event.sha)) {
    return origin->commit;
  }
  const auto commit = repository.commit(event.sha);
  if (!commit || commit->parents.empty()) return zeros;
  const auto parent = known_commit(repository, commit->parents.front());
  return parent.empty() ? zeros : parent;
}

/// Path filters look at what came with the push; for a new branch, at what it has over the default
/// one. Tags have no changed paths (runner.md 1.3).
std::optional<Names> LocalEvents::Impl::pushed_paths(const RunEvent& event) const {
  if (event.ref.starts_with(tags)) return std::nullopt;
  if (event.before != zeros) return repository.changed_paths(event.before, event.sha);
  const auto main = repository.resolve(std::string(heads) + event.default_branch);
  if (main && main->commit != event.sha) {
    const auto base = repository.merge_base(main->commit, event.sha);
    if (base && *base != event.sha) return repository.changed_paths(*base, event.sha);
  }
  const auto commit = repository.commit(event.sha);
  if (commit && commit->parents.empty()) return repository.changed_paths("", event.sha);
  return std::nullopt;
}

void LocalEvents::Impl::add_dirty(std::optional<Names>& paths) const {
  if (!request.working_tree || !source.at_head || !paths) return;
  std::set<std::string> all(paths->begin(), paths->end());
  for (auto& path : repository.dirty_paths()) all.insert(std::move(path));
  paths.emplace(all.begin(), all.end());
}

void LocalEvents::Impl::describe_push(RunEvent& event, const On& on) const {
  event.before = commit_before(event);
  const auto given = text_at(file, {"before"});
  if (!given.empty() && given != event.before && !event.before.starts_with(given)) {
    event.notes.push_back(fmt::format(
        "{}: \"before\" is no commit of this repository, {} is taken",
        request.event_file.string(),
        event.before.substr(0, 7)));
  }
  if (!has_path_filter(on.find(event.name))) return;
  event.changed_paths = pushed_paths(event);
  add_dirty(event.changed_paths);
}

void LocalEvents::Impl::describe_pull_request(RunEvent& event) const {
  const auto base = text_at(file, {"pull_request", "base", "ref"});
  event.base_ref = base.empty() ? event.default_branch : base;
  const auto head_ref = text_at(file, {"pull_request", "head", "ref"});
  event.head_ref = head_ref.empty() ? short_ref_name(source.head.ref) : head_ref;
  const auto head_sha = commit_in_file({"pull_request", "head", "sha"});
  if (!head_sha.empty()) event.sha = head_sha;

  const auto target = repository.resolve(std::string(heads) + event.base_ref);
  event.base_sha = commit_in_file({"pull_request", "base", "sha"});
  if (event.base_sha.empty()) event.base_sha = target ? target->commit : event.sha;

  const Json& request_object = file.contains("pull_request") ? file["pull_request"] : file;
  event.number = pull_request_number(source.head.ref);
  for (const Json* object : {&file, &request_object}) {
    if (object->is_object() && object->contains("number") &&
        (*object)["number"].is_number_integer()) {
      event.number = (*object)["number"].get<int>();
    }
  }
  event.number = std::max(event.number, 1);

  const auto fork = repository.merge_base(event.base_sha, event.sha);
  if (fork) event.changed_paths = repository.changed_paths(*fork, event.sha);
  add_dirty(event.changed_paths);
  if (event.name == "pull_request_target") {
    event.ref = std::string(heads) + event.base_ref;
    event.sha = event.base_sha;
    event.at_head = false;
  } else {
    event.ref = fmt::format("refs/pull/{}/merge", event.number);
  }
}

RunEvent LocalEvents::Impl::describe(const std::string& name, const On& on) const {
  RunEvent event;
  event.name = name;
  event.ref = source.head.ref;
  event.sha = source.head.commit;
  event.at_head = source.at_head;
  event.notes = source.notes;
  const auto action = text_at(file, {"action"});
  event.action = action.empty() ? default_action(name, on.find(name)) : action;

  const auto full_name = text_at(file, {"repository", "full_name"});
  const auto origin = origin_of(repository);
  event.repository =
      full_name.find('/') == std::string::npos ? origin.owner + "/" + origin.name : full_name;
  const auto branch = text_at(file, {"repository", "default_branch"});
  event.default_branch = branch.empty() ? repository.default_branch() : branch;
  event.server_url = origin.server;
  const auto sender = text_at(file, {"sender", "login"});
  event.actor = !request.actor.empty() ? request.actor : sender.empty() ? "local" : sender;

  if (const auto given = file.find("inputs"); given != file.end() && given->is_object()) {
    for (const auto& [key, value] : given->items()) event.inputs[key] = input_text(value);
  }
  for (const auto& [key, value] : request.inputs) event.inputs[key] = value;
  if (name != "workflow_dispatch" && !request.inputs.empty()) {
    event.notes.push_back("--input has no effect on " + name);
  }
  if (name == "push") describe_push(event, on);
  if (is_pull_request(name)) describe_pull_request(event);
  return event;
}

/// Without an event file that tells the rest.
bool LocalEvents::Impl::can_make(const std::string& name) const {
  static const std::set<std::string> from_a_repository = {
      "push",
      "pull_request",
      "pull_request_target",
      "workflow_dispatch",
      "schedule",
      "repository_dispatch",
      "create",
      "merge_group"};
  if (name == "workflow_call") return false;
  if (name == "release") return source.head.ref.starts_with(tags);
  return from_a_repository.contains(name) || !file.empty();
}

RunEvent LocalEvents::Impl::choose(const On& on) const {
  const auto because = [](RunEvent event, const std::string& reason) {
    event.reason = event.name + reason;
    return event;
  };
  const bool dispatch = on.find("workflow_dispatch");
  if (dispatch && (!request.inputs.empty() || file.contains("inputs"))) {
    return because(describe("workflow_dispatch", on), ", because inputs are given");
  }
  if (file.contains("pull_request") && on.find("pull_request")) {
    return because(describe("pull_request", on), ", which the event file describes");
  }
  std::string why_not;
  for (const auto* trigger : {on.find("push"), on.find("workflow_dispatch")}) {
    if (!trigger) continue;
    auto event = describe(trigger->name, on);
    const auto match = match_event(on, event.facts());
    if (match.fires) {
      return because(
          std::move(event), why_not.empty() ? ", which fires here" : ", because " + why_not);
    }
    why_not = match.reason;
  }
  std::optional<RunEvent> first;
  std::string declared;
  for (const auto& trigger : on.events) {
    declared += (declared.empty() ? "" : ", ") + trigger.name;
    if (!can_make(trigger.name)) continue;
    auto event = describe(trigger.name, on);
    if (match_event(on, event.facts()).fires) {
      return because(std::move(event), ", the first declared event that fires here");
    }
    if (!first) first = std::move(event);
  }
  if (first) return because(std::move(*first), ", the first declared event");
  throw UsageError(
      "no event of this workflow can be made from the repository alone: " + declared,
      "name one with --event and give its payload with --event-file");
}

/// The event named by --event.
RunEvent LocalEvents::Impl::named(const On& on) const {
  if (request.event == "workflow_call") {
    throw UsageError(
        "workflow_call is no event: other workflows call such a workflow",
        "run the caller, or declare workflow_dispatch");
  }
  if (request.event == "release" && !source.head.ref.starts_with(tags)) {
    throw UsageError("a release is of a tag, and " + source.head.ref + " is none", "use --ref TAG");
  }
  return describe(request.event, on);
}

RunEvent LocalEvents::make(const On& on) const {
  auto event = impl_->request.event.empty() ? impl_->choose(on) : impl_->named(on);
  auto payload = make_payload(impl_->repository, event, on.find(event.name));
  merge_deeply(payload, impl_->file);
  // What the run is of stays consistent, whatever the file says.
  if (event.name == "push") {
    drop_changed_files(payload);
    payload["ref"] = event.ref;
    payload["before"] = event.before;
    payload["after"] = event.sha;
  } else if (payload.contains("ref") && event.name != "create") {  // there it is a short name
    payload["ref"] = event.ref;
  }
  if (event.name == "workflow_dispatch") {
    payload["inputs"] = Json::object();
    for (const auto& [key, value] : event.inputs) payload["inputs"][key] = value;
  }
  event.payload = executor::to_value(payload);
  return event;
}

void set_payload_inputs(RunEvent& event, const workflow::Object& text) {
  workflow::Object payload = event.payload.object();
  payload.set("inputs", text);
  event.payload = std::move(payload);
}

}  // namespace crun::runner
