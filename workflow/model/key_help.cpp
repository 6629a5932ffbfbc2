#include "workflow/model/key_help.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/value.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

constexpr std::size_t few = 12;  // more names than that are not listed

std::string suggestion(
    std::string_view name, const std::vector<std::string>& candidates, std::string_view what) {
  if (candidates.empty()) return {};
  if (const auto similar = nearest(name, candidates)) {
    return fmt::format("did you mean `{}`?", *similar);
  }
  if (candidates.size() > few) return {};
  return fmt::format("{}: {}", what, fmt::join(candidates, ", "));
}

std::size_t indentation(std::string_view line) {
  const auto first = line.find_first_not_of(' ');
  return first == std::string_view::npos ? line.size() : first;
}

bool blank(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

/// The lines below a key that belong to its value, without the margin of the key.
std::vector<std::string> lines_below(const SourceFile& source, Position key) {
  const auto margin = static_cast<std::size_t>(key.column - 1);
  const auto last = source.position(source.text().size()).line;
  std::vector<std::string> lines;
  std::size_t filled = 0;
  for (int number = key.line + 1; number <= last; ++number) {
    const auto line = source.line(number);
    if (!blank(line) && indentation(line) <= margin) break;
    lines.emplace_back(line.substr(std::min(margin, line.size())));
    if (!blank(line)) filled = lines.size();
  }
  lines.resize(filled);
  return lines;
}

std::string written(const SourceFile& source, const Node& scalar) {
  const auto begin = source.offset(scalar.span.begin);
  return source.text().substr(begin, source.offset(scalar.span.end) - begin);
}

bool is_flow_list(const Node& node) {
  return node.kind == Node::Kind::sequence && node.style == Node::Style::flow &&
         std::all_of(node.items.begin(), node.items.end(), [](const NodePtr& item) {
           return item->is_scalar();
         });
}

/// The lines of a mapping's entries; lists in brackets become one item a line, so that what is
/// joined can be read and edited line by line.
std::vector<std::string> entry_lines(const SourceFile& source, const NodeEntry& entry) {
  const auto& entries = entry.value->entries;
  const bool lists = std::any_of(entries.begin(), entries.end(), [](const NodeEntry& child) {
    return is_flow_list(*child.value);
  });
  if (!lists) return lines_below(source, entry.key->span.begin);
  std::vector<std::string> lines;
  for (const auto& child : entries) {
    lines.push_back("  " + child.key->text + ":");
    if (is_flow_list(*child.value)) {
      for (const auto& item : child.value->items) {
        lines.push_back("    - " + written(source, *item));
      }
    } else if (child.value->is_scalar()) {
      lines.back() += " " + written(source, *child.value);
    } else {
      for (const auto& line : lines_below(source, child.key->span.begin)) {
        lines.push_back("  " + line);
      }
    }
  }
  return lines;
}

bool written_as_block(const NodeEntry& entry) {
  return entry.value->kind == Node::Kind::mapping && !entry.value->entries.empty() &&
         entry.value->span.begin.line > entry.key->span.begin.line;
}

/// Paths that have their beginning in common as one: "jobs.<job_id>.steps[*] (name, if, run)".
std::vector<std::string> grouped(const std::vector<std::string>& paths) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const auto& path : paths) {
    const auto dot = path.rfind('.');
    const auto parent = dot == std::string::npos ? std::string() : path.substr(0, dot);
    const auto name = dot == std::string::npos ? path : path.substr(dot + 1);
    if (groups.empty() || groups.back().first != parent || parent.empty()) {
      groups.push_back({parent, {}});
    }
    groups.back().second.push_back(name);
  }
  std::vector<std::string> told;
  for (const auto& [parent, names] : groups) {
    if (parent.empty()) {
      told.push_back(names.front());
    } else if (names.size() == 1) {
      told.push_back(parent + "." + names.front());
    } else {
      told.push_back(fmt::format("{} ({})", parent, fmt::join(names, ", ")));
    }
  }
  return told;
}

}  // namespace

std::string unknown_key_help(
    std::string_view key,
    std::span<const schema::Shape> shapes,
    const std::vector<std::string>& present) {
  std::vector<std::string> candidates;
  for (const auto& shape : shapes) {
    for (const auto& candidate : shape.keys) {
      const std::string name(candidate.name);
      const auto is_name = [&](const std::string& other) { return other == name; };
      if (std::any_of(present.begin(), present.end(), is_name)) continue;
      if (std::any_of(candidates.begin(), candidates.end(), is_name)) continue;
      candidates.push_back(name);
    }
  }
  return suggestion(key, candidates, "keys that can stand here");
}

std::string unknown_value_help(
    std::string_view key, std::string_view value, const schema::Place& place) {
  std::vector<std::string> candidates(place.values.begin(), place.values.end());
  if (const auto help = suggestion(value, candidates, "possible values"); !help.empty()) {
    return help;
  }
  std::vector<std::string_view> kinds;
  if (place.scalars & schema::null) kinds.push_back("nothing");
  if (place.scalars & schema::boolean) kinds.push_back("true or false");
  if (place.scalars & schema::number) kinds.push_back("a number");
  if (place.scalars & schema::text) kinds.push_back("a text");
  if (place.scalars & schema::filled_text) kinds.push_back("a text that is not empty");
  if (!place.values.empty()) kinds.push_back("one of a set of words");
  if (!place.shapes.empty()) kinds.push_back("a mapping");
  if (place.items) kinds.push_back("a list");
  auto help = key.empty() ? fmt::format("expected {}", fmt::join(kinds, " or "))
                          : fmt::format("`{}` takes {}", key, fmt::join(kinds, " or "));
  if (place.items && !value.empty()) help += fmt::format(", such as [{}]", value);
  return help;
}

std::string missing_key_help(std::string_view key) {
  constexpr std::pair<std::string_view, std::string_view> examples[] = {
      {"runs-on", "ubuntu-latest"},
      {"shell", "bash"},
      {"type", "string"},
      {"on", "push"},
      {"using", "node20"},
      {"cron", "'30 5 * * 1'"},
  };
  for (const auto& [name, value] : examples) {
    if (name == key) return fmt::format("add `{}: {}`", name, value);
  }
  return fmt::format("add `{}:`", key);
}

bool joinable(const Node& first, const Node& second) {
  if (first.kind != Node::Kind::mapping || second.kind != Node::Kind::mapping) return false;
  std::unordered_set<std::string> names;
  for (const auto& entry : first.entries) names.insert(fold(entry.key->text));
  return std::none_of(second.entries.begin(), second.entries.end(), [&](const NodeEntry& entry) {
    return names.contains(fold(entry.key->text));
  });
}

std::string joined_block(
    const SourceFile& source, const NodeEntry& first, const NodeEntry& second) {
  if (!joinable(*first.value, *second.value)) return {};
  if (!written_as_block(first) || !written_as_block(second)) return {};
  std::string block = first.key->text + ":";
  for (const auto* entry : {&first, &second}) {
    for (const auto& line : entry_lines(source, *entry)) block += "\n" + line;
  }
  return block;
}

std::string unknown_name_help(std::string_view message, schema::Names allowed) {
  constexpr std::string_view opening = "Unrecognized named-value: '";
  constexpr std::string_view function_opening = "Unrecognized function: '";
  const auto quoted = [&](std::string_view before) {
    const auto rest = message.substr(before.size());
    return rest.substr(0, rest.find('\''));
  };
  const auto& names = schema::expression_names(allowed);
  if (message.starts_with(function_opening)) {
    std::vector<std::string> functions = {
        "contains", "startsWith", "endsWith", "format", "join", "toJSON", "fromJSON", "case"};
    for (const auto& function : names.functions) functions.push_back(function.name);
    return suggestion(quoted(function_opening), functions, "functions that are known here");
  }
  if (!message.starts_with(opening)) return {};
  const auto name = quoted(opening);
  const auto& everything = schema::expression_names(schema::run_time | schema::jobs);
  std::string help;
  if (names.contexts.empty()) {
    help = "no context is known here";
  } else {
    help = fmt::format("contexts that are known here: {}", fmt::join(names.contexts, ", "));
  }
  const auto known = std::find_if(
      everything.contexts.begin(), everything.contexts.end(), [&](const std::string& context) {
        return compare_ignoring_case(context, name) == 0;
      });
  if (known == everything.contexts.end()) {
    const auto similar = nearest(name, names.contexts);
    return similar ? fmt::format("did you mean `{}`? {}", *similar, help) : help;
  }
  if (allowed & schema::job_status) {
    help +=
        "\na job is judged before it has an environment or a matrix: test it in the steps' `if`";
  }
  return fmt::format(
      "{}\n`{}` can be used in {}",
      help,
      *known,
      fmt::join(grouped(schema::places_with(schema::context_named(*known))), ", "));
}

}  // namespace crun::workflow
