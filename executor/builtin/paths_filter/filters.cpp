#include "executor/builtin/paths_filter/filters.hpp"

#include <algorithm>
#include <cctype>
#include <memory>

#include <fmt/format.h>

#include "executor/builtin/action_runtime.hpp"
#include "workflow/source/diagnostic.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::executor::builtin {

using workflow::Node;
using workflow::NodeEntry;

namespace {

[[noreturn]] void bad_format(const std::string& what) {
  throw Failed(fmt::format("Invalid filter YAML format: {}.", what));
}

std::vector<std::string> split_statuses(std::string_view text) {
  std::vector<std::string> statuses;
  while (true) {
    const auto end = text.find('|');
    std::string status;
    for (const char byte : text.substr(0, end)) {
      if (byte != ' ') status += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    }
    statuses.push_back(status);
    if (end == std::string_view::npos) return statuses;
    text.remove_prefix(end + 1);
  }
}

void add_pattern(
    const Node& node, const std::vector<std::string>& statuses, std::vector<FilterRule>& rules) {
  if (node.kind != Node::Kind::string) bad_format("Expected pattern to be a string");
  rules.push_back({statuses, Glob(node.text)});
}

std::string_view javascript_type(const Node& node) {
  return node.kind == Node::Kind::boolean ? "boolean" : "number";
}

void read_rules(const Node& node, std::vector<FilterRule>& rules) {
  switch (node.kind) {
    case Node::Kind::string:
      add_pattern(node, {}, rules);
      return;
    case Node::Kind::sequence:
      for (const auto& item : node.items) read_rules(*item, rules);
      return;
    case Node::Kind::mapping:
      for (const auto& [key, value] : node.entries) {
        const auto statuses = split_statuses(key->text);
        if (value->kind == Node::Kind::sequence) {
          for (const auto& item : value->items) add_pattern(*item, statuses, rules);
        } else {
          add_pattern(*value, statuses, rules);
        }
      }
      return;
    case Node::Kind::null:
      throw Failed("Cannot convert undefined or null to object");
    default:
      bad_format(fmt::format("Unexpected element type '{}'", javascript_type(node)));
  }
}

/// The entries with merge keys (`<<`) filled in: the original's YAML reader knows them.
std::vector<NodeEntry> merged_entries(const Node& root) {
  std::vector<NodeEntry> entries;
  const auto known = [&](const std::string& name) {
    return std::any_of(entries.begin(), entries.end(), [&](const NodeEntry& entry) {
      return entry.key->text == name;
    });
  };
  for (const auto& entry : root.entries) {
    if (entry.key->text == "<<" && entry.value->kind == Node::Kind::mapping) {
      for (const auto& merged : entry.value->entries) {
        if (!known(merged.key->text)) entries.push_back(merged);
      }
    } else {
      entries.push_back(entry);
    }
  }
  return entries;
}

}  // namespace

std::vector<Filter> read_filters(const std::string& text, const std::string& path) {
  workflow::Diagnostics diagnostics;
  const auto root =
      workflow::read_yaml(std::make_shared<workflow::SourceFile>(path, text), diagnostics);
  if (!root || diagnostics.has_errors()) throw Failed(render(diagnostics));
  if (root->kind != Node::Kind::mapping) bad_format("Root element is not an object");
  std::vector<Filter> filters;
  for (const auto& [key, value] : merged_entries(*root)) {
    Filter filter{key->text, {}};
    read_rules(*value, filter.rules);
    filters.push_back(std::move(filter));
  }
  return filters;
}

std::vector<ChangedFile> matching_files(
    const Filter& filter, const std::vector<ChangedFile>& files, Quantifier quantifier) {
  std::vector<ChangedFile> matching;
  for (const auto& file : files) {
    const auto matches = [&](const FilterRule& rule) {
      const auto& statuses = rule.statuses;
      const bool right_status =
          statuses.empty() ||
          std::find(statuses.begin(), statuses.end(), file.status) != statuses.end();
      return right_status && rule.glob.matches(file.path);
    };
    const auto& rules = filter.rules;
    const bool all = quantifier == Quantifier::every;
    if (all ? std::all_of(rules.begin(), rules.end(), matches)
            : std::any_of(rules.begin(), rules.end(), matches)) {
      matching.push_back(file);
    }
  }
  return matching;
}

}  // namespace crun::executor::builtin
