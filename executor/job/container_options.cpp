#include "executor/job/container_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::executor {

namespace {

struct Option {
  std::string_view name;
  bool takes_value;
};

constexpr std::array allowed = {
    Option{"--add-host", true},
    Option{"--annotation", true},
    Option{"--blkio-weight", true},
    Option{"--cap-add", true},
    Option{"--cap-drop", true},
    Option{"--cgroup-parent", true},
    Option{"--cgroupns", true},
    Option{"--cpu-period", true},
    Option{"--cpu-quota", true},
    Option{"--cpu-shares", true},
    Option{"--cpus", true},
    Option{"--cpuset-cpus", true},
    Option{"--cpuset-mems", true},
    Option{"--device", true},
    Option{"--dns", true},
    Option{"--dns-option", true},
    Option{"--dns-search", true},
    Option{"--domainname", true},
    Option{"--env", true},
    Option{"--expose", true},
    Option{"--gpus", true},
    Option{"--group-add", true},
    Option{"--health-cmd", true},
    Option{"--health-interval", true},
    Option{"--health-retries", true},
    Option{"--health-start-interval", true},
    Option{"--health-start-period", true},
    Option{"--health-timeout", true},
    Option{"--hostname", true},
    Option{"--init", false},
    Option{"--ipc", true},
    Option{"--label", true},
    Option{"--link", true},
    Option{"--log-driver", true},
    Option{"--log-opt", true},
    Option{"--mac-address", true},
    Option{"--memory", true},
    Option{"--memory-reservation", true},
    Option{"--memory-swap", true},
    Option{"--memory-swappiness", true},
    Option{"--mount", true},
    Option{"--name", true},
    Option{"--network-alias", true},
    Option{"--no-healthcheck", false},
    Option{"--oom-kill-disable", false},
    Option{"--oom-score-adj", true},
    Option{"--pids-limit", true},
    Option{"--platform", true},
    Option{"--privileged", false},
    Option{"--publish", true},
    Option{"--read-only", false},
    Option{"--runtime", true},
    Option{"--security-opt", true},
    Option{"--shm-size", true},
    Option{"--stop-signal", true},
    Option{"--stop-timeout", true},
    Option{"--storage-opt", true},
    Option{"--sysctl", true},
    Option{"--tmpfs", true},
    Option{"--ulimit", true},
    Option{"--user", true},
    Option{"--userns", true},
    Option{"--volume", true},
    Option{"--workdir", true},
    Option{"-c", true},
    Option{"-e", true},
    Option{"-h", true},
    Option{"-l", true},
    Option{"-m", true},
    Option{"-p", true},
    Option{"-u", true},
    Option{"-v", true},
    Option{"-w", true},
};

const Option* find_option(std::string_view name) {
  const auto found = std::find_if(
      allowed.begin(), allowed.end(), [name](const Option& option) { return option.name == name; });
  return found == allowed.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(std::string_view option) {
  std::vector<std::string> names;
  for (const auto& known : allowed) names.emplace_back(known.name);
  const auto near = workflow::nearest(option, names);
  throw Error(
      fmt::format("options: {} is not allowed for a container of a job", option),
      near ? fmt::format("did you mean {}?", *near)
           : "crun chooses network, program and life time of the container itself");
}

}  // namespace

std::vector<std::string> split_options(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool any = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    const bool escapes = byte == '\\' && quote != '\'' && i + 1 < text.size();
    if (escapes && (quote == 0 || text[i + 1] == '"' || text[i + 1] == '\\')) {
      word += text[++i];
      any = true;
    } else if (quote != 0 && byte == quote) {
      quote = 0;
    } else if (quote == 0 && (byte == '"' || byte == '\'')) {
      quote = byte;
      any = true;
    } else if (quote == 0 && (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r')) {
      if (any) words.push_back(std::exchange(word, {}));
      any = false;
    } else {
      word += byte;
      any = true;
    }
  }
  if (quote != 0) throw Error(fmt::format("options: a {} is not closed", quote));
  if (any) words.push_back(word);
  return words;
}

std::vector<std::string> check_options(std::string_view text) {
  auto words = split_options(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (!word.starts_with('-') || word == "-") {
      throw Error(
          fmt::format("options: '{}' belongs to no option", word),
          "quote values that have spaces: --health-cmd \"pg_isready -U me\"");
    }
    const auto equals = word.find('=');
    const auto* option = find_option(word.substr(0, equals));
    if (option == nullptr && !word.starts_with("--") && word.size() > 2) {
      option = find_option(word.substr(0, 2));  // -p8080:80
      if (option != nullptr && option->takes_value) continue;
      option = nullptr;
    }
    if (option == nullptr) refuse(word.substr(0, equals));
    if (!option->takes_value || equals != std::string::npos) continue;
    if (++i == words.size()) throw Error(fmt::format("options: {} has no value", option->name));
  }
  return words;
}

}  // namespace crun::executor
