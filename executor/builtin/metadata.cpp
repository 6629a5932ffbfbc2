// The order of things is the original's, as its log and its failures show it: inputs, event,
// repository, rules, then the outputs one by one.

#include "executor/builtin/metadata.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/github_api.hpp"
#include "executor/builtin/list_parser.hpp"
#include "executor/builtin/metadata/bake_files.hpp"
#include "executor/builtin/metadata/event_source.hpp"
#include "executor/builtin/metadata/images.hpp"
#include "executor/builtin/metadata/labels.hpp"
#include "executor/builtin/metadata/tag_names.hpp"
#include "executor/builtin/metadata/tag_rules.hpp"
#include "executor/error.hpp"
#include "executor/files/write.hpp"

namespace crun::executor::builtin {

namespace {

std::string otherwise(std::string text, std::string_view fallback) {
  return text.empty() ? std::string(fallback) : text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(separator, from), text.size());
    parts.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// The toolkit's reading of a switch, which is Go's.
bool parse_switch(const std::string& text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  throw Failed(fmt::format("parseBool syntax error: {}", text));
}

struct Inputs {
  std::string context;
  std::vector<std::string> images, tags, flavor, labels, annotations;
  std::string tag_separator, label_separator, annotation_separator;
  std::string bake_target;
};

Inputs read_inputs(const ActionRuntime& runtime, const MetadataFeatures& features) {
  const auto list = [&](std::string_view name) {
    return parse_list(runtime.input(name), {.ignore_comma = true, .comments = features.comments});
  };
  const auto separator = [&](std::string_view name) {
    return otherwise(runtime.input(name, false), "\n");
  };
  return {
      .context =
          features.git_context ? otherwise(runtime.input("context"), "workflow") : "workflow",
      .images = list("images"),
      .tags = list("tags"),
      .flavor = list("flavor"),
      .labels = list("labels"),
      .annotations = list("annotations"),
      .tag_separator = separator("sep-tags"),
      .label_separator = separator("sep-labels"),
      .annotation_separator = separator("sep-annotations"),
      .bake_target = otherwise(runtime.input("bake-target"), "docker-metadata-action")};
}

/// One run of the action's main stage.
class MetadataAction {
 public:
  explicit MetadataAction(ActionRuntime& runtime)
      : runtime_(runtime),
        features_(runtime.version()),
        inputs_(read_inputs(runtime, features_)),
        now_(parse_date(runtime.env("CRUN_NOW")).value_or(current_instant())) {}

  void run() {
    if (!features_.images_optional && inputs_.images.empty()) throw Failed("images input required");
    const auto api = GitHubApi::of(runtime_, runtime_.input("github-token"));
    const EventFacts event = read_event(runtime_, inputs_.context, api, features_, now_);
    const RepositoryFacts repository = read_repository(runtime_, api);
    show_context(event);
    evaluate(event, repository);
  }

 private:
  template <typename Lines>
  void log_group(std::string_view title, const Lines& lines) {
    runtime_.group(title);
    for (const auto& line : lines) runtime_.info(line);
    runtime_.end_group();
  }

  void show_context(const EventFacts& event) {
    std::vector<std::string> lines = {
        "eventName: " + event.event_name,
        "sha: " + event.sha,
        "ref: " + event.ref,
        "workflow: " + runtime_.env("GITHUB_WORKFLOW"),
        "action: " + runtime_.env("GITHUB_ACTION"),
        "actor: " + runtime_.env("GITHUB_ACTOR"),
        "runNumber: " + runtime_.env("GITHUB_RUN_NUMBER"),
        "runId: " + runtime_.env("GITHUB_RUN_ID")};
    if (features_.commit_date) {
      const auto date = event.commit_date;
      lines.push_back("commitDate: " + (date ? iso_text(*date) : "Invalid Date"));
    }
    log_group("Context info", lines);
    if (runtime_.env("RUNNER_DEBUG") == "1") {
      const auto payload = nlohmann::ordered_json::parse(runtime_.event_json(), nullptr, false);
      if (!payload.is_discarded()) log_group("Webhook payload", split(payload.dump(2), '\n'));
    }
  }

  void evaluate(const EventFacts& event, const RepositoryFacts& repository) {
    const auto images = parse_images(inputs_.images);
    show_images(images);
    const auto rules = parse_tag_rules(inputs_.tags, features_);
    std::vector<std::string> lines;
    for (const TagRule& rule : rules) lines.push_back(rule.text());
    log_group("Processing tags input", lines);
    const Flavor flavor = parse_flavor(inputs_.flavor);
    show_flavor(flavor);
    const Expressions expressions(
        event, now_, features_, runtime_.env("DOCKER_METADATA_SHORT_SHA_LENGTH"));
    const TagNames names = evaluate_tag_rules(
        rules,
        {expressions,
         flavor,
         features_,
         repository.default_branch,
         [this](std::string_view message) { runtime_.warning(message); }});
    for (const ImageName& image : images) {
      if (image.enable) image_.images.push_back(lower(image.name));
    }
    image_.version = names.main;
    image_.tag_names = names.all();
    if (image_.images.empty() && features_.images_optional) image_.tags = image_.tag_names;
    for (const std::string& image : image_.images) {
      const bool bare = image.empty() && features_.images_optional;
      const std::string prefix = bare ? "" : image + ":";
      for (const std::string& name : image_.tag_names) image_.tags.push_back(prefix + name);
    }
    publish_names();
    publish_labels(repository, expressions);
    publish_json();
    publish_bake_files();
  }

  void show_images(const std::vector<ImageName>& images) {
    std::vector<std::string> lines;
    for (const ImageName& image : images) {
      lines.push_back(fmt::format("name={},enable={}", image.name, image.enable));
    }
    log_group("Processing images input", lines);
  }

  void show_flavor(const Flavor& flavor) {
    log_group(
        "Processing flavor input",
        std::vector<std::string>{
            "latest=" + flavor.latest,
            "prefix=" + flavor.prefix,
            fmt::format("prefixLatest={}", flavor.prefix_latest),
            "suffix=" + flavor.suffix,
            fmt::format("suffixLatest={}", flavor.suffix_latest)});
  }

  void publish_names() {
    const std::string exports = runtime_.env("DOCKER_METADATA_SET_OUTPUT_ENV");
    exports_variables_ = features_.exports_variables &&
                         (!features_.export_switch || exports.empty() || parse_switch(exports));
    if (image_.version) {
      log_group("Docker image version", std::vector{*image_.version});
    } else {
      runtime_.warning("No Docker image version has been generated. Check tags input.");
    }
    set_output("version", image_.version.value_or(""));
    if (image_.tags.empty()) {
      runtime_.warning("No Docker tag has been generated. Check tags input.");
    } else {
      log_group("Docker tags", image_.tags);
    }
    set_output("tags", joined(image_.tags, inputs_.tag_separator));
    if (features_.tag_names) {
      set_output("tag-names", joined(image_.tag_names, inputs_.tag_separator));
    }
  }

  // Labels are made after the tags are told: an expression in them that fails leaves the tags.
  void publish_labels(const RepositoryFacts& repository, const Expressions& expressions) {
    const auto make = [&](const std::vector<std::string>& custom) {
      return make_labels(repository, image_.version, custom, expressions, features_);
    };
    image_.labels = make(inputs_.labels);
    log_group("Docker labels", image_.labels);
    set_output("labels", joined(image_.labels, inputs_.label_separator));
    if (!features_.annotations) return;
    const auto annotations = features_.own_annotations ? make(inputs_.annotations) : image_.labels;
    const std::string levels =
        otherwise(runtime_.env("DOCKER_METADATA_ANNOTATIONS_LEVELS"), "manifest");
    for (const std::string& level : split(levels, ',')) {
      for (const std::string& annotation : annotations) {
        image_.annotations.push_back(level + ":" + annotation);
      }
    }
    log_group("Annotations", image_.annotations);
    const std::string& separator =
        features_.own_annotations ? inputs_.annotation_separator : inputs_.label_separator;
    set_output("annotations", joined(image_.annotations, separator));
  }

  void publish_json() {
    const JsonParts parts{features_.tag_names, features_.annotations};
    log_group("JSON output", split(metadata_json(image_, parts, true), '\n'));
    set_output("json", metadata_json(image_, parts, false));
  }

  void publish_bake_files() {
    const std::filesystem::path folder = make_folder();
    const auto publish = [&](const std::string& kind_name, BakeKind kind) {
      const std::string ending = kind_name.empty() ? "" : "-" + kind_name;
      const auto file = folder / fmt::format("docker-metadata-action-bake{}.json", ending);
      const std::string definition = bake_definition(image_, inputs_.bake_target, kind);
      write_file(file, definition);
      if (kind != BakeKind::all || !features_.annotations) {
        const std::string part = kind_name.empty() ? "" : fmt::format(" ({})", kind_name);
        log_group("Bake file definition" + part, split(definition, '\n'));
      }
      const std::string prefix = features_.bake_files_with_cwd ? "cwd://" : "";
      set_output("bake-file" + ending, prefix + file.string());
    };
    if (features_.annotations) {
      publish("tags", BakeKind::tags);
      publish("labels", BakeKind::labels);
      publish("annotations", BakeKind::annotations);
    }
    publish("", BakeKind::all);
  }

  /// Later steps read the files, so the folder stays; the job's end removes it with $RUNNER_TEMP.
  std::filesystem::path make_folder() {
    const std::string temporary =
        otherwise(runtime_.env(features_.runner_temp ? "RUNNER_TEMP" : "TMPDIR"), "/tmp");
    const std::string stem =
        features_.keeps_state ? "docker-actions-toolkit" : "docker-metadata-action";
    std::string pattern = fmt::format("{}/{}-XXXXXX", temporary, stem);
    if (!::mkdtemp(pattern.data())) {
      const int reason = errno;
      throw Error(
          fmt::format("cannot make a folder in {}: {}", temporary, system_error_text(reason)));
    }
    return pattern;
  }

  void set_output(const std::string& name, const std::string& value) {
    runtime_.set_output(name, value);
    if (!exports_variables_) return;
    std::string variable = "DOCKER_METADATA_OUTPUT_";
    for (const char c : name) {
      variable += c == '-' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    runtime_.export_variable(variable, value);
  }

  ActionRuntime& runtime_;
  MetadataFeatures features_;
  Inputs inputs_;
  Instant now_;
  ImageMetadata image_;
  bool exports_variables_ = false;
};

}  // namespace

void run_metadata(ActionRuntime& runtime) {
  if (runtime.stage() != Stage::main) return;
  if (runtime.version() < Version{2, 0, 0}) {
    throw Failed(
        "docker/metadata-action v1 has other inputs than its successors; use v3 or newer, "
        "or run the original with --actions=js");
  }
  const MetadataFeatures features(runtime.version());
  if (features.keeps_state) runtime.save_state("isPost", "true");
  MetadataAction(runtime).run();
}

}  // namespace crun::executor::builtin
