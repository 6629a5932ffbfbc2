#include "executor/builtin/docker/buildx.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "executor/builtin/docker/docker_command.hpp"

namespace crun::executor::builtin {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return result;
}

std::vector<int> numbers_of(std::string_view text) {
  std::vector<int> numbers;
  while (!text.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) break;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return numbers;
}

bool reaches(const std::vector<int>& numbers, int major, int minor) {
  if (numbers.size() < 2) return false;
  return numbers[0] > major || (numbers[0] == major && numbers[1] >= minor);
}

/// network="host" image="moby/buildkit:v0.16.0" -> network=host, image=moby/buildkit:v0.16.0
std::vector<std::string> driver_options(std::string_view text) {
  std::vector<std::string> options;
  while (!(text = trimmed(text)).empty()) {
    const std::size_t quote = text.find("=\"");
    if (quote == text.npos) break;
    const std::size_t end = text.find('"', quote + 2);
    if (end == text.npos) break;
    options.push_back(
        fmt::format("{}={}", text.substr(0, quote), text.substr(quote + 2, end - quote - 2)));
    text.remove_prefix(end + 1);
  }
  return options;
}

/// "linux/amd64*, linux/arm64": when some are starred (set by the user), only these.
std::string platforms(std::string_view text) {
  std::vector<std::string> all, starred;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view platform = trimmed(text.substr(0, comma));
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    if (platform.ends_with('*')) {
      platform.remove_suffix(1);
      starred.emplace_back(platform);
    }
    all.emplace_back(platform);
  }
  return fmt::format("{}", fmt::join(starred.empty() ? all : starred, ","));
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
  return parts;
}

/// "key: value" lines; indented lines belong to the section above them.
class BuilderReader {
 public:
  Builder read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      read_line(text.substr(0, end));
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return std::move(builder_);
  }

 private:
  void read_line(std::string_view line) {
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    const std::size_t colon = line.find(':');
    if (trimmed(line).empty() || colon == line.npos) return;
    const std::string key = lower(trimmed(line.substr(0, colon)));
    const std::string value(trimmed(line.substr(colon + 1)));
    if (indented && !section_.empty()) {
      read_detail(std::string(trimmed(line.substr(0, colon))), key, value);
    } else {
      section_.clear();
      read_entry(key, value);
    }
  }

  void read_entry(const std::string& key, const std::string& value) {
    if (key == "nodes") {
      in_nodes_ = true;
    } else if (!in_nodes_) {
      if (key == "name") builder_.name = value;
      if (key == "driver") builder_.driver = value;
    } else if (key == "name") {
      builder_.nodes.emplace_back();
      builder_.nodes.back().name = value;
    } else if (!builder_.nodes.empty()) {
      read_node_entry(builder_.nodes.back(), key, value);
    }
  }

  void read_node_entry(BuilderNode& node, const std::string& key, const std::string& value) {
    if (key == "endpoint") node.endpoint = value;
    if (key == "driver options") node.driver_options = driver_options(value);
    if (key == "status") node.status = value;
    if (key == "buildkit daemon flags" || key == "flags") node.buildkitd_flags = value;
    if (key == "buildkit version" || key == "buildkit") node.buildkit_version = value;
    if (key == "platforms") node.platforms = platforms(value);
    if (key == "features" || key == "labels") section_ = key;
    if (key.starts_with("gc policy rule#")) {
      section_ = "gc";
      node.garbage_rules.emplace_back();
    }
    if (key.starts_with("file#") || key == "devices") section_ = "other";
  }

  void read_detail(const std::string& name, const std::string& key, const std::string& value) {
    if (builder_.nodes.empty()) return;
    BuilderNode& node = builder_.nodes.back();
    if (section_ == "features") node.features.emplace_back(name, value);
    if (section_ == "labels") node.labels.emplace_back(name, value);
    if (section_ != "gc") return;
    GarbageRule& rule = node.garbage_rules.back();
    if (key == "all") rule.all = value == "true";
    if (key == "filters") rule.filter = split_at_commas(value);
    if (key == "keep duration") rule.keep_duration = value;
    if (key == "keep bytes") rule.keep_bytes = value;
  }

  Builder builder_;
  bool in_nodes_ = false;
  std::string section_;
};

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

BuildxVersion BuildxVersion::parse(std::string_view text) {
  // "github.com/docker/buildx v0.17.1 deadbee": the second word.
  const std::size_t space = text.find(' ');
  if (space == text.npos) return {};
  std::string_view word = trimmed(text.substr(space + 1));
  word = word.substr(0, word.find_first_of(" \t\r\n"));
  BuildxVersion version;
  if (word.starts_with('v')) word.remove_prefix(1);
  version.is_commit = word.size() >= 7 && is_hexadecimal(word.substr(0, 7));
  if (!version.is_commit) version.numbers = numbers_of(word);
  return version;
}

bool BuildxVersion::at_least(int major, int minor) const {
  return is_commit || reaches(numbers, major, minor);
}

Builder parse_builder(std::string_view text) {
  return BuilderReader().read(text);
}

BuildxVersion require_buildx(ActionRuntime& runtime) {
  const DockerCall call{.arguments = {"buildx", "version"}, .silent = true};
  const DockerOutcome outcome = run_docker(runtime, call);
  if (!outcome.success()) {
    throw Failed(
        "Docker buildx is required. See https://github.com/docker/setup-buildx-action to set up "
        "buildx.");
  }
  return BuildxVersion::parse(outcome.out);
}

std::optional<Builder> inspect_builder(ActionRuntime& runtime, const std::string& name) {
  DockerCall call{.arguments = {"buildx", "inspect"}, .silent = true};
  if (!name.empty()) call.arguments.push_back(name);
  call.environment.emplace_back("DEBUG", "1");
  const DockerOutcome outcome = run_docker(runtime, call);
  if (!outcome.success()) return std::nullopt;
  return parse_builder(outcome.out);
}

bool buildkit_at_least(const Builder& builder, int major, int minor) {
  if (builder.nodes.empty()) return false;
  return std::all_of(builder.nodes.begin(), builder.nodes.end(), [&](const BuilderNode& node) {
    std::string_view version = node.buildkit_version;
    if (builder.driver == "docker") {
      if (!version.ends_with("-moby")) return false;
      version.remove_suffix(5);
    }
    if (version.starts_with('v')) version.remove_prefix(1);
    return reaches(numbers_of(version), major, minor);
  });
}

}  // namespace crun::executor::builtin
