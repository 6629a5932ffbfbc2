#include "runner/server/config_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "workflow/source/spelling.hpp"

namespace crun::runner {

using workflow::Diagnostic;
using workflow::Node;

namespace {

std::string_view told(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::boolean:
      return "a boolean";
    case Node::Kind::number:
      return "a number";
    case Node::Kind::string:
      return "a text";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
  }
  return "";
}

}  // namespace

Diagnostic& ConfigReader::error(const Node& node, std::string code, std::string message) {
  return diagnostics_.error(source_, node.span, std::move(code), std::move(message));
}

void ConfigReader::mapping(const Node& node, std::string_view what, std::vector<Key> keys) {
  std::vector<std::string> known;
  for (const auto& key : keys) known.emplace_back(key.name);
  bool any_unknown = false;
  entries(node, what, [&](const std::string& name, const Node& value) {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
    if (found != keys.end()) {
      found->required = false;
      found->read(value);
      return;
    }
    any_unknown = true;
    const auto entry = std::find_if(node.entries.begin(), node.entries.end(), [&](const auto& e) {
      return e.key->text == name;
    });
    auto& finding =
        error(*entry->key, "unknown-key", fmt::format("'{}' is no key of {}", name, what));
    const auto near = workflow::nearest(name, known);
    finding.help = near ? fmt::format("did you mean '{}'?", *near)
                        : fmt::format("known are: {}", fmt::join(known, ", "));
  });
  if (node.kind != Node::Kind::mapping || any_unknown) return;
  for (const auto& key : keys) {
    if (key.required) error(node, "missing-key", fmt::format("{} needs '{}'", what, key.name));
  }
}

void ConfigReader::sequence(
    const Node& node, std::string_view what, const std::function<void(const Node&)>& item) {
  if (node.kind != Node::Kind::sequence) {
    error(node, "type", fmt::format("{} must be a list, this is {}", what, told(node.kind)));
    return;
  }
  for (const auto& each : node.items) item(*each);
}

void ConfigReader::entries(
    const Node& node,
    std::string_view what,
    const std::function<void(const std::string&, const Node&)>& entry) {
  if (node.kind != Node::Kind::mapping) {
    error(node, "type", fmt::format("{} must be a mapping, this is {}", what, told(node.kind)));
    return;
  }
  for (const auto& each : node.entries) {
    if (!each.key->is_scalar()) {
      error(*each.key, "type", fmt::format("a key of {} must be a text", what));
    } else {
      entry(each.key->text, *each.value);
    }
  }
}

std::optional<std::string> ConfigReader::text(const Node& node, std::string_view what) {
  if (node.is_scalar() && !node.text.empty()) return node.text;
  const auto found = node.kind == Node::Kind::string ? "an empty one" : told(node.kind);
  error(node, "type", fmt::format("{} must be a text, this is {}", what, found));
  return std::nullopt;
}

std::optional<int> ConfigReader::positive_number(const Node& node, std::string_view what) {
  int number = 0;
  const auto* end = node.text.data() + node.text.size();
  const auto [rest, code] = std::from_chars(node.text.data(), end, number);
  if (node.is_scalar() && code == std::errc() && rest == end && number > 0) return number;
  error(
      node,
      "type",
      fmt::format(
          "{} must be a number above 0, this is {}",
          what,
          node.is_scalar() ? "'" + node.text + "'" : std::string(told(node.kind))));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> ConfigReader::duration(
    const Node& node, std::string_view what) {
  using std::chrono::milliseconds;
  static constexpr std::pair<std::string_view, long> units[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  long number = 0;
  const auto* end = node.text.data() + node.text.size();
  const auto [rest, code] = std::from_chars(node.text.data(), end, number);
  if (node.is_scalar() && code == std::errc() && number >= 0 && number < 1'000'000) {
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    if (unit.empty() && number == 0) return milliseconds(0);
    for (const auto& [name, factor] : units) {
      if (unit == name) return milliseconds(number * factor);
    }
  }
  error(
      node,
      "type",
      fmt::format(
          "{} must be a time like 2s, 1m or 0, this is {}",
          what,
          node.is_scalar() ? "'" + node.text + "'" : std::string(told(node.kind))));
  return std::nullopt;
}

std::map<std::string, std::string> ConfigReader::texts(const Node& node, std::string_view what) {
  std::map<std::string, std::string> values;
  entries(node, what, [&](const std::string& name, const Node& value) {
    if (value.is_scalar()) {
      values[name] = value.text;
    } else {
      error(value, "type", fmt::format("'{}' must be a text, this is {}", name, told(value.kind)));
    }
  });
  return values;
}

}  // namespace crun::runner
