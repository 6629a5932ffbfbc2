// Two ways to the changed files: the original's (git commands, GitHub's API for pull requests), and
// the local one, which compares commits that are here. CRUN_LOCAL=1 chooses.

#include "executor/builtin/paths_filter.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/github_api.hpp"
#include "executor/builtin/paths_filter/filters.hpp"
#include "executor/builtin/paths_filter/git_changes.hpp"
#include "executor/builtin/paths_filter/list_format.hpp"
#include "executor/builtin/paths_filter/local_changes.hpp"
#include "executor/context/apart.hpp"

namespace crun::executor::builtin {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Inputs {
  std::string token, ref, base, filters;
  ListFormat format = ListFormat::none;
  int fetch_depth = 10;
  Quantifier quantifier = Quantifier::some;
};

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// The input `filters` itself, or the file it names: a name has no line break and no colon.
std::string filters_text(const std::string& input) {
  if (input.find_first_of("\n:") != std::string::npos) return input;
  std::error_code ignored;
  const auto status = fs::symlink_status(input, ignored);
  if (!fs::exists(fs::status(input, ignored))) {
    throw Failed(fmt::format("Configuration file '{}' not found", input));
  }
  if (!fs::is_regular_file(status)) throw Failed(fmt::format("'{}' is not a file.", input));
  std::ifstream file(input, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Inputs read_inputs(const ActionRuntime& runtime) {
  Inputs inputs;
  inputs.token = runtime.input("token");
  inputs.ref = runtime.input("ref");
  inputs.base = runtime.input("base");
  inputs.filters = filters_text(runtime.required_input("filters"));
  const std::string format = lower(runtime.input("list-files"));
  const std::string depth = runtime.input("initial-fetch-depth");
  const auto parsed =
      std::from_chars(depth.data(), depth.data() + depth.size(), inputs.fetch_depth);
  if (parsed.ec != std::errc{} || inputs.fetch_depth == 0) inputs.fetch_depth = 10;
  const auto known = format.empty() ? ListFormat::none : list_format_of(format);
  if (!known) {
    throw Failed(fmt::format("Input parameter 'list-files' is set to invalid value '{}'", format));
  }
  inputs.format = *known;
  const std::string quantifier = runtime.input("predicate-quantifier");
  const bool has_quantifier = runtime.version() >= Version{3, 0, 2} && !quantifier.empty();
  if (has_quantifier && quantifier != "some" && quantifier != "every") {
    throw Failed(fmt::format(
        "Input parameter 'predicate-quantifier' is set to invalid value '{}'. "
        "Valid values: every, some",
        quantifier));
  }
  if (has_quantifier && quantifier == "every") inputs.quantifier = Quantifier::every;
  return inputs;
}

std::string text_at(const json& payload, const char* path) {
  const json::json_pointer pointer(path);
  const bool found = payload.contains(pointer) && payload[pointer].is_string();
  return found ? payload[pointer].get<std::string>() : std::string();
}

/// One run of the action.
class PathsFilter {
 public:
  explicit PathsFilter(ActionRuntime& runtime)
      : runtime_(runtime),
        inputs_(read_inputs(runtime)),
        event_name_(runtime.env("GITHUB_EVENT_NAME")),
        payload_(json::parse(runtime.event_json(), nullptr, false)),
        git_(runtime) {
    if (!payload_.is_object()) payload_ = json::object();
  }

  void run() {
    const auto filters = parse_filters(inputs_.filters);
    const auto files = changed_files();
    runtime_.info(fmt::format("Detected {} changed files", files.size()));
    publish(filters, files);
  }

 private:
  std::vector<ChangedFile> changed_files() {
    if (inputs_.base == "HEAD") {
      if (!inputs_.ref.empty()) {
        runtime_.warning("'ref' input parameter is ignored when 'base' is set to HEAD");
      }
      // git would run what the repository's configuration says, as a filter for example.
      return runtime_.env(apart_variable).empty() ? git_.on_head() : local_changes_on_head();
    }
    const bool local = runtime_.env("CRUN_LOCAL") == "1";
    if (is_pull_request_event()) return local ? of_pull_request_here() : of_pull_request();
    if (event_name_ == "merge_group" && (local || runtime_.version() >= Version{4, 0, 1})) {
      if (inputs_.base.empty()) inputs_.base = text_at(payload_, "/merge_group/base_sha");
      if (inputs_.ref.empty()) inputs_.ref = text_at(payload_, "/merge_group/head_sha");
    }
    return local ? of_push_here() : of_push();
  }

  bool is_pull_request_event() const {
    return event_name_ == "pull_request" || event_name_ == "pull_request_review" ||
           event_name_ == "pull_request_review_comment" || event_name_ == "pull_request_target";
  }

  std::string default_branch() const { return text_at(payload_, "/repository/default_branch"); }

  std::vector<ChangedFile> of_push_here() {
    LocalQuestion question;
    question.base = short_name(inputs_.base);
    question.head = short_name(inputs_.ref);
    question.branch = short_name(runtime_.env("GITHUB_REF"));
    question.default_branch = default_branch();
    if (event_name_ == "push") question.before = text_at(payload_, "/before");
    return local_changes(runtime_, question);
  }

  std::vector<ChangedFile> of_pull_request_here() {
    LocalQuestion question;
    question.base = short_name(inputs_.base);
    question.default_branch = default_branch();
    question.before = text_at(payload_, "/pull_request/base/sha");
    question.pull_request = !question.before.empty() && inputs_.base.empty();
    if (question.before.empty() && question.base.empty()) {
      question.base = text_at(payload_, "/pull_request/base/ref");
    }
    return local_changes(runtime_, question);
  }

  std::vector<ChangedFile> of_pull_request() {
    const bool newest = runtime_.version() > Version{4, 0, 2};
    const bool worded = runtime_.version() >= Version{4, 0, 2};
    if (!inputs_.ref.empty()) {
      runtime_.warning(
          worded ? "'ref' input parameter is ignored when action is triggered by pull request event"
                 : "'ref' input parameter is ignored when 'base' is set to HEAD");
    }
    if (!inputs_.base.empty() && !(newest && inputs_.token.empty())) {
      runtime_.warning(
          newest ? "'base' input parameter is ignored when action is triggered by pull request "
                   "event and 'token' is provided - set token: '' to detect changes using git diff "
                   "against 'base'"
                 : "'base' input parameter is ignored when action is triggered by pull request "
                   "event");
    }
    if (!inputs_.token.empty()) return from_api();
    if (event_name_ == "pull_request_target") {
      throw Failed(
          "'token' input parameter is required if action is triggered by 'pull_request_target' "
          "event");
    }
    if (runtime_.version() < Version{3, 0, 1}) {
      runtime_.info(
          "Github token is not available - changes will be detected from PRs merge commit");
      return git_.in_last_commit();
    }
    runtime_.info("GitHub token is not available - changes will be detected using git diff");
    const std::string current = git_.current_ref();
    std::string base = inputs_.base;
    if (base.empty()) base = text_at(payload_, "/pull_request/base/sha");
    return git_.between(base.empty() ? default_branch() : base, current);
  }

  std::vector<ChangedFile> from_api() {
    const json::json_pointer place("/pull_request/number");
    const std::string number =
        payload_.contains(place) ? payload_[place].dump() : std::string("undefined");
    runtime_.group(fmt::format("Fetching list of changed files for PR#{} from GitHub API", number));
    const auto api = GitHubApi::of(runtime_, inputs_.token);
    if (!api) throw Failed("GITHUB_API_URL is not set: the pull request's files cannot be listed");
    const auto pages = api->get_pages(fmt::format(
        "/repos/{}/pulls/{}/files?per_page=100", runtime_.env("GITHUB_REPOSITORY"), number));
    std::vector<ChangedFile> files;
    for (const std::string& page : pages) {
      const json rows = json::parse(page, nullptr, false);
      if (!rows.is_array()) throw Failed("the list of changed files cannot be read");
      runtime_.info(fmt::format("Received {} items", rows.size()));
      for (const json& row : rows) add_row(row, files);
    }
    runtime_.end_group();
    return files;
  }

  /// A renamed file counts as one added and one deleted, as in a diff without renames.
  void add_row(const json& row, std::vector<ChangedFile>& files) {
    const std::string name = text_at(row, "/filename");
    const std::string status = text_at(row, "/status");
    runtime_.info(fmt::format("[{}] {}", status, name));
    if (status == "renamed") {
      files.push_back({name, "added"});
      files.push_back({text_at(row, "/previous_filename"), "deleted"});
    } else {
      files.push_back({name, status == "removed" ? "deleted" : status});
    }
  }

  std::vector<ChangedFile> of_push() {
    const std::string current = git_.current_ref();
    const std::string ref = runtime_.env("GITHUB_REF");
    const std::string head = short_name(
        !inputs_.ref.empty() ? inputs_.ref
        : !ref.empty()       ? ref
                             : current);
    const std::string base = short_name(inputs_.base.empty() ? default_branch() : inputs_.base);
    if (head.empty()) {
      throw Failed(
          "This action requires 'head' input to be configured, 'ref' to be set in the event "
          "payload or branch/tag checked out in current git repository");
    }
    if (base.empty()) {
      throw Failed(
          "This action requires 'base' input to be configured or 'repository.default_branch' to "
          "be set in the event payload");
    }
    if (is_git_sha(base) || base == head) return since_before(base, head, current);
    runtime_.info(fmt::format("Changes will be detected between {} and {}", base, head));
    return git_.since_merge_base(base, head, inputs_.fetch_depth);
  }

  /// Against a commit: the base, or what was pushed before.
  std::vector<ChangedFile> since_before(
      const std::string& base, const std::string& head, const std::string& current) {
    const std::string before = is_git_sha(base)        ? base
                               : event_name_ == "push" ? text_at(payload_, "/before")
                                                       : std::string();
    const auto check_head = [&] {
      if (head == current) return;
      runtime_.warning(
          fmt::format("Ref {} is not checked out - results might be incorrect!", head));
    };
    if (before.empty()) {
      runtime_.warning(
          "'before' field is missing in event payload - changes will be detected from last commit");
      check_head();
      return git_.in_last_commit();
    }
    if (before != null_sha) {
      runtime_.info(fmt::format("Changes will be detected between {} and {}", before, head));
      return git_.between(before, head);
    }
    const std::string other = default_branch();
    if (!other.empty() && base != other) {
      runtime_.info(fmt::format(
          "First push of a branch detected - changes will be detected against the default branch "
          "{}",
          other));
      return git_.since_merge_base(other, head, inputs_.fetch_depth);
    }
    runtime_.info("Initial push detected - all files will be listed as added");
    check_head();
    return git_.all_files_as_added();
  }

  void publish(const std::vector<Filter>& filters, const std::vector<ChangedFile>& files) {
    runtime_.info("Results:");
    json changes = json::array();
    bool name_taken = false;
    for (const Filter& filter : filters) {
      std::vector<ChangedFile> matching;
      std::ranges::copy_if(files, std::back_inserter(matching), [&](const ChangedFile& file) {
        return filter.matches(file, inputs_.quantifier);
      });
      if (!matching.empty()) changes.push_back(filter.name);
      name_taken = name_taken || filter.name == "changes";
      publish(filter.name, matching);
    }
    if (name_taken) {
      runtime_.info("Cannot set changes output variable - name already used by filter output");
      return;
    }
    const std::string names = changes.dump(-1, ' ', false, json::error_handler_t::replace);
    runtime_.info(fmt::format("Changes output set to {}", names));
    runtime_.set_output("changes", names);
  }

  void publish(const std::string& name, const std::vector<ChangedFile>& files) {
    runtime_.group(fmt::format("Filter {} = {}", name, !files.empty()));
    runtime_.info(files.empty() ? "Matching files: none" : "Matching files:");
    std::vector<std::string> paths;
    for (const ChangedFile& file : files) {
      runtime_.info(fmt::format("{} [{}]", file.path, file.status));
      paths.push_back(file.path);
    }
    runtime_.set_output(name, files.empty() ? "false" : "true");
    runtime_.set_output(name + "_count", std::to_string(files.size()));
    if (inputs_.format != ListFormat::none) {
      runtime_.set_output(name + "_files", format_list(paths, inputs_.format));
    }
    runtime_.end_group();
  }

  ActionRuntime& runtime_;
  Inputs inputs_;
  std::string event_name_;
  json payload_;
  GitChanges git_;
};

}  // namespace

void run_paths_filter(ActionRuntime& runtime) {
  const std::string folder = runtime.input("working-directory");
  if (!folder.empty()) {
    std::error_code problem;
    fs::current_path(folder, problem);
    if (problem) {
      throw Failed(fmt::format(
          "ENOENT: no such file or directory, chdir '{}' -> '{}'",
          fs::current_path().string(),
          folder));
    }
  }
  PathsFilter(runtime).run();
}

}  // namespace crun::executor::builtin
