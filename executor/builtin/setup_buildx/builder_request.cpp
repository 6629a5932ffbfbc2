#include "executor/builtin/setup_buildx/builder_request.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "executor/builtin/list_parser.hpp"
#include "executor/random_id.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::executor::builtin {
namespace {

constexpr const char* default_flags =
    "--allow-insecure-entitlement security.insecure --allow-insecure-entitlement network.host";
constexpr ListOptions verbatim_lines{.ignore_comma = true, .quote = false};

/// Since v3.7 only drivers that start a BuildKit of their own get flags by default.
std::string flags_for(const ActionRuntime& runtime, const std::string& driver) {
  const std::string given = runtime.input("buildkitd-flags");
  if (!given.empty()) return given;
  const bool starts_one =
      driver == "docker-container" || driver == "docker" || driver == "kubernetes";
  const bool for_all = runtime.version() < Version{3, 7, 0};
  return for_all || starts_one ? default_flags : "";
}

std::vector<AppendedNode> appended_nodes(const std::string& text) {
  if (text.empty()) return {};
  workflow::Diagnostics diagnostics;
  const auto source = std::make_shared<workflow::SourceFile>("append", text);
  const workflow::NodePtr root = workflow::read_yaml(source, diagnostics);
  if (!root || root->kind != workflow::Node::Kind::sequence) {
    throw Failed("the input append is no YAML list of nodes");
  }
  std::vector<AppendedNode> nodes;
  for (const workflow::NodePtr& entry : root->items) {
    const auto value = [&entry](std::string_view key) {
      const workflow::Node* found = entry->find(key);
      return found && found->is_scalar() ? found->text : std::string();
    };
    AppendedNode& node = nodes.emplace_back();
    node.name = value("name");
    node.endpoint = value("endpoint");
    node.buildkitd_flags = value("buildkitd-flags");
    node.platforms = value("platforms");
    const workflow::Node* options = entry->find("driver-opts");
    if (options && options->kind == workflow::Node::Kind::sequence) {
      for (const auto& option : options->items) node.driver_options.push_back(option->text);
    }
  }
  return nodes;
}

bool boolean_or(const ActionRuntime& runtime, std::string_view name, bool otherwise) {
  return runtime.input(name).empty() ? otherwise : runtime.boolean_input(name);
}

std::string first_of(const ActionRuntime& runtime, std::string_view name, std::string_view older) {
  const std::string value = runtime.input(name);
  return value.empty() ? runtime.input(older) : value;
}

std::string read_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failed(fmt::format("config file {} not found", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

void add(std::vector<std::string>& arguments, const char* option, const std::string& value) {
  if (!value.empty()) arguments.insert(arguments.end(), {option, value});
}

}  // namespace

BuilderRequest read_builder_request(const ActionRuntime& runtime) {
  BuilderRequest request;
  request.driver = runtime.input("driver");
  if (request.driver.empty()) request.driver = "docker-container";
  request.name = runtime.input("name");
  if (request.name.empty()) request.name = "builder-" + random_uuid();
  request.endpoint = runtime.input("endpoint");
  request.buildkitd_flags = flags_for(runtime, request.driver);
  request.config = first_of(runtime, "buildkitd-config", "config");
  request.config_inline = first_of(runtime, "buildkitd-config-inline", "config-inline");
  request.driver_options = parse_list(runtime.input("driver-opts"), verbatim_lines);
  request.platforms = parse_list(runtime.input("platforms"));
  request.nodes = appended_nodes(runtime.input("append"));
  request.use = boolean_or(runtime, "use", true);
  request.install = runtime.version() < Version{4, 0, 0} && boolean_or(runtime, "install", false);
  request.cleanup = boolean_or(runtime, "cleanup", true);
  request.keep_state = boolean_or(runtime, "keep-state", false);
  return request;
}

std::vector<std::string> create_arguments(
    const BuilderRequest& request, const TemporaryFolder& folder) {
  std::vector<std::string> arguments = {
      "buildx", "create", "--name", request.name, "--driver", request.driver};
  for (const std::string& option : request.driver_options) add(arguments, "--driver-opt", option);
  if (request.driver != "remote") add(arguments, "--buildkitd-flags", request.buildkitd_flags);
  add(arguments, "--platform", fmt::format("{}", fmt::join(request.platforms, ",")));
  if (request.use) arguments.emplace_back("--use");
  if (!request.config.empty()) {
    add(arguments, "--config", folder.write(read_config(request.config)));
  } else if (!request.config_inline.empty()) {
    add(arguments, "--config", folder.write(request.config_inline));
  }
  if (!request.endpoint.empty()) arguments.push_back(request.endpoint);
  return arguments;
}

std::vector<std::string> append_arguments(const BuilderRequest& request, const AppendedNode& node) {
  std::vector<std::string> arguments = {"buildx", "create", "--name", request.name, "--append"};
  add(arguments, "--node", node.name);
  for (const std::string& option : node.driver_options) add(arguments, "--driver-opt", option);
  if (request.driver != "remote") add(arguments, "--buildkitd-flags", node.buildkitd_flags);
  add(arguments, "--platform", node.platforms);
  if (!node.endpoint.empty()) arguments.push_back(node.endpoint);
  return arguments;
}

}  // namespace crun::executor::builtin
