#include "runner/server/serve_config.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/server/config_reader.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::runner {

namespace fs = std::filesystem;
using workflow::Node;

namespace {

std::optional<std::string> read_text(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    errno = EISDIR;
    return std::nullopt;
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

/// Names that end up in paths, URLs and command lines.
bool is_plain_name(const std::string& name) {
  return name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string::npos &&
         !name.starts_with('.') && !name.starts_with('-');
}

/// GitHub's rule for names of secrets and variables.
bool is_variable_name(const std::string& name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
         std::string::npos;
}

void hide(const workflow::SourceFile& source, const Node& secret, std::string& text) {
  if (!secret.is_scalar()) return;
  const auto end = source.offset(secret.span.end);
  for (auto at = source.offset(secret.span.begin); at < end; ++at) {
    if (text[at] != '\n') text[at] = '*';
  }
}

/// The file as findings may show it: a secret that somebody has written into it, which is one of
/// the findings, must not get into a log by being pointed at.
workflow::SourcePtr without_secrets(const workflow::SourceFile& source, const Node& root) {
  auto text = source.text();
  const auto for_each = [](const Node& node, std::string_view key, const auto& action) {
    for (const auto& entry : node.entries) {
      if (key.empty() || entry.key->text == key) action(*entry.value);
    }
  };
  const auto hide_one = [&](const Node& secret) { hide(source, secret, text); };
  for_each(root, "repositories", [&](const Node& repositories) {
    for (const auto& repository : repositories.items) {
      for_each(*repository, "webhook_secret", hide_one);
      for_each(*repository, "secrets", [&](const Node& all) { for_each(all, "", hide_one); });
    }
  });
  return std::make_shared<const workflow::SourceFile>(source.path(), std::move(text));
}

class Reading {
 public:
  Reading(workflow::SourcePtr source, fs::path folder, workflow::Diagnostics& diagnostics)
      : reader_(std::move(source), diagnostics), folder_(std::move(folder)) {}

  ServeConfig read(const Node& root) {
    ServeConfig config;
    variables_ = &config.secret_variables;
    reader_.mapping(
        root,
        "the configuration",
        {{"capacity",
          [&](const Node& node) {
            config.capacity = reader_.positive_number(node, "capacity").value_or(1);
          }},
         {"retention_days",
          [&](const Node& node) {
            config.retention_days =
                reader_.positive_number(node, "retention_days").value_or(config.retention_days);
          }},
         {"labels", [&](const Node& node) { labels(node, config); }},
         {"repositories",
          [&](const Node& node) {
            reader_.sequence(
                node, "repositories", [&](const Node& item) { repository(item, config); });
          },
          true}});
    return config;
  }

 private:
  void labels(const Node& node, ServeConfig& config) {
    reader_.entries(node, "labels", [&](const std::string& label, const Node& value) {
      if (label.empty() || label.find('=') != std::string::npos) {
        reader_.error(value, "label", fmt::format("'{}' is no label", label));
      }
      config.labels[label] = reader_.text(value, "a label's place").value_or("");
    });
  }

  void repository(const Node& node, ServeConfig& config) {
    RepositoryConfig made;
    const auto take = [&](std::string& target, std::string_view what) {
      return [this, &target, what](const Node& value) {
        target = reader_.text(value, what).value_or("");
      };
    };
    reader_.mapping(
        node,
        "a repository",
        {{"name", [&](const Node& value) { made.name = name(value, config); }, true},
         {"url", take(made.url, "url"), true},
         {"poll",
          [&](const Node& value) {
            made.poll = reader_.duration(value, "poll").value_or(made.poll);
          }},
         {"webhook_secret",
          [&](const Node& value) { made.webhook_secret = secret(value, "webhook_secret"); }},
         {"secrets", [&](const Node& value) { secrets(value, made); }},
         {"vars", [&](const Node& value) { made.vars = variables(value, "vars"); }},
         {"env", [&](const Node& value) { made.env = variables(value, "env"); }},
         {"registry_map", [&](const Node& value) { made.registry_map = registries(value); }}});
    config.repositories.push_back(std::move(made));
  }

  std::string name(const Node& node, const ServeConfig& config) {
    const auto text = reader_.text(node, "name");
    if (!text) return "";
    if (!is_plain_name(*text)) {
      reader_.error(
          node, "name", fmt::format("'{}': a name has letters, digits, '.', '_' and '-'", *text));
    } else if (config.find(*text) != nullptr) {
      reader_.error(node, "name", fmt::format("there are two repositories called '{}'", *text));
    }
    return *text;
  }

  std::map<std::string, std::string> variables(const Node& node, std::string_view what) {
    auto values = reader_.texts(node, what);
    for (const auto& [key, value] : values) {
      if (!is_variable_name(key)) {
        reader_.error(node, "name", fmt::format("{}: '{}' is no name of a variable", what, key));
      }
    }
    return values;
  }

  std::map<std::string, std::string> registries(const Node& node) {
    auto values = reader_.texts(node, "registry_map");
    for (const auto& [from, to] : values) {
      if (from.empty() || to.empty() || from.find('=') != std::string::npos) {
        reader_.error(node, "registry", fmt::format("'{}: {}' maps no registry", from, to));
      }
    }
    return values;
  }

  void secrets(const Node& node, RepositoryConfig& repository) {
    reader_.entries(node, "secrets", [&](const std::string& key, const Node& value) {
      if (!is_variable_name(key)) {
        reader_.error(value, "name", fmt::format("'{}' is no name of a secret", key));
      }
      repository.secrets[key] = secret(value, key);
    });
  }

  /// `{ env: NAME }` or `{ file: PATH }`; a secret in the file itself is refused.
  std::string secret(const Node& node, std::string_view what) {
    if (node.is_scalar()) {
      auto& finding = reader_.error(
          node, "secret", fmt::format("{}: a secret does not belong into this file", what));
      finding.help = "write { env: NAME } or { file: PATH }";
      return "";
    }
    std::string value;
    int sources = 0;
    reader_.mapping(
        node,
        "a secret",
        {{"env",
          [&](const Node& from) {
            ++sources;
            value = from_environment(from);
          }},
         {"file", [&](const Node& from) {
            ++sources;
            value = from_file(from);
          }}});
    if (node.kind == Node::Kind::mapping && sources != 1 && node.entries.size() != 1) {
      reader_.error(node, "secret", fmt::format("{} needs either env or file", what));
    }
    return value;
  }

  std::string from_environment(const Node& node) {
    const auto variable = reader_.text(node, "env");
    if (!variable) return "";
    variables_->insert(*variable);
    const char* value = std::getenv(variable->c_str());
    if (value != nullptr && *value != 0) return value;
    reader_.error(
        node,
        "secret",
        fmt::format(
            "the environment has {} variable {}", value == nullptr ? "no" : "an empty", *variable));
    return "";
  }

  std::string from_file(const Node& node) {
    const auto path = reader_.text(node, "file");
    if (!path) return "";
    auto text = read_text(folder_ / *path);
    if (!text) {
      reader_.error(
          node,
          "secret",
          fmt::format("cannot read {}: {}", *path, executor::system_error_text(errno)));
      return "";
    }
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty()) reader_.error(node, "secret", fmt::format("the file {} is empty", *path));
    return *text;
  }

  ConfigReader reader_;
  fs::path folder_;
  std::set<std::string>* variables_ = nullptr;
};

}  // namespace

const RepositoryConfig* ServeConfig::find(const std::string& name) const {
  const auto found = std::find_if(repositories.begin(), repositories.end(), [&](const auto& each) {
    return each.name == name;
  });
  return found == repositories.end() ? nullptr : &*found;
}

ServeConfig read_serve_config(const fs::path& file, workflow::Diagnostics& diagnostics) {
  auto text = read_text(file);
  if (!text) {
    throw UsageError(fmt::format(
        "cannot read the configuration {}: {}", file.string(), executor::system_error_text(errno)));
  }
  const auto source = std::make_shared<const workflow::SourceFile>(file.string(), std::move(*text));
  const auto root = workflow::read_yaml(source, diagnostics);
  if (!root) return {};
  if (root->kind == Node::Kind::null) {  // nothing has no place of its own
    diagnostics.error(source, {{1, 1}, {1, 1}}, "type", "the configuration is empty");
    return {};
  }
  const auto folder = fs::absolute(file).parent_path();
  auto config = Reading(without_secrets(*source, *root), folder, diagnostics).read(*root);
  diagnostics.sort();
  return config;
}

}  // namespace crun::runner
