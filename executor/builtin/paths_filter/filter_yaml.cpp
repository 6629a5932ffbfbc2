#include "executor/builtin/paths_filter/filter_yaml.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/javascript_text.hpp"
#include "workflow/source/diagnostic.hpp"
#include "workflow/source/source_file.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::executor::builtin {

namespace {

using workflow::Node;
using workflow::NodePtr;
using workflow::SourcePtr;

/// A line of the text, cut around the place that matters. `column` counts bytes and comes back as
/// the place in what is shown.
std::string shown_line(std::string_view line, std::size_t width, std::size_t& column) {
  const std::size_t half = width / 2 - 1;
  std::string head, tail;
  if (column > half) {
    head = " ... ";
    const std::size_t cut = std::min(column - half + head.size(), line.size());
    line.remove_prefix(cut);
    column = column - cut;
  }
  if (line.size() > column + half) {
    tail = " ...";
    line = line.substr(0, column + half - tail.size());
  }
  std::string result = head;
  for (const char c : line) result += c == '\t' ? std::string("→") : std::string(1, c);
  column += head.size();
  return result + tail;
}

/// The lines around a place, with a caret below it.
std::string snippet(const workflow::SourceFile& source, workflow::Position place) {
  constexpr int before = 3, after = 2;
  constexpr std::size_t longest = 79;
  const auto breaks = std::ranges::count(source.text(), '\n');
  const int lines = static_cast<int>(breaks) + (source.text().ends_with('\n') ? 0 : 1);
  const std::size_t digits =
      std::to_string(std::min(place.line + after, std::max(lines, 1))).size();
  const std::size_t margin = 1 + digits + 3;
  std::string result;
  for (int number = std::max(1, place.line - before); number <= place.line + after; ++number) {
    if (number > place.line && number > lines) break;
    std::size_t column = static_cast<std::size_t>(place.column - 1);
    const std::string text = shown_line(source.line(number), longest - margin, column);
    result += fmt::format(" {:>{}} | {}\n", number, digits, text);
    if (number == place.line) result += std::string(margin + column, '-') + "^\n";
  }
  result.pop_back();
  return result;
}

[[noreturn]] void fail(
    const workflow::SourceFile& source, std::string_view reason, workflow::Position place) {
  throw Failed(
      fmt::format("{} ({}:{})\n\n{}", reason, place.line, place.column, snippet(source, place)));
}

workflow::Position end_of(const workflow::SourceFile& source) {
  const auto breaks = std::ranges::count(source.text(), '\n');
  const bool ended = source.text().ends_with('\n');
  return {static_cast<int>(breaks) + (ended ? 1 : 2), 1};
}

[[noreturn]] void fail_unclosed(const workflow::SourceFile& source, std::size_t open) {
  const char opening = open < source.text().size() ? source.text()[open] : '\0';
  const std::string_view what = opening == '"'    ? "double quoted scalar"
                                : opening == '\'' ? "single quoted scalar"
                                                  : "flow collection";
  fail(source, fmt::format("unexpected end of the stream within a {}", what), end_of(source));
}

/// The reader's finding in the original's words, where it has some of its own.
[[noreturn]] void report(const workflow::SourceFile& source, const workflow::Diagnostic& finding) {
  const std::string& message = finding.message;
  const workflow::Position begin = finding.span.begin;
  if (message.ends_with("is never closed")) fail_unclosed(source, source.offset(begin));
  constexpr std::string_view anchor = "Unknown anchor '";
  if (message.starts_with(anchor)) {
    const std::string name = message.substr(anchor.size(), message.size() - anchor.size() - 1);
    fail(
        source,
        fmt::format("unidentified alias \"{}\"", name),
        {begin.line, begin.column + 1 + static_cast<int>(name.size())});
  }
  if (message.starts_with("Only one YAML document")) {
    throw Failed("expected a single document in the stream, but found more");
  }
  if (message.ends_with("a quoted text is not closed yet")) {
    fail_unclosed(source, source.text().find_last_of("\"'"));
  }
  constexpr std::string_view indentation = "bad indentation of a mapping entry";
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"a second ': ' in one line", indentation},
      {"a text cannot begin with", indentation},
      {"cannot stand here", indentation},
      {"there is more text after the closing quote", indentation},
      {"fits none of the lines above", indentation},
      {"closes nothing", indentation},
      {"this is not part of what the file begins with",
       "end of the stream or a document separator is expected"},
      {"unknown escape", "unknown escape sequence"},
      {"a tab character cannot indent", "tab characters must not be used in indentation"}};
  for (const auto& [ours, theirs] : words) {
    if (message.find(ours) != std::string::npos) fail(source, theirs, begin);
  }
  fail(source, message, begin);
}

bool is_merge_key(const Node& key) {
  return key.text == "<<" && key.style == Node::Style::plain;
}

/// Resolves merge keys and refuses keys that come twice, from the leaves up.
class Loader {
 public:
  explicit Loader(const workflow::SourceFile& source) : source_(source) {}

  NodePtr load(const NodePtr& node) const {
    if (node->is_scalar()) return node;
    auto result = std::make_shared<Node>(*node);
    for (NodePtr& item : result->items) item = load(item);
    result->entries.clear();
    std::vector<std::string> merged;
    for (const auto& [key, value] : node->entries) {
      const NodePtr loaded = load(value);
      if (is_merge_key(*key)) {
        merge(*result, *loaded, *key, merged);
      } else {
        add(*result, key, loaded, merged);
      }
    }
    return result;
  }

 private:
  /// What was merged gives way to what is written out.
  void add(
      Node& mapping,
      const NodePtr& key,
      const NodePtr& value,
      std::vector<std::string>& merged) const {
    for (auto& entry : mapping.entries) {
      if (entry.key->text != key->text) continue;
      const auto replaceable = std::ranges::find(merged, key->text);
      if (replaceable == merged.end()) fail(source_, "duplicated mapping key", key->span.begin);
      merged.erase(replaceable);
      entry.value = value;
      return;
    }
    mapping.entries.push_back({key, value});
  }

  void merge(
      Node& mapping, const Node& from, const Node& key, std::vector<std::string>& merged) const {
    if (from.kind == Node::Kind::sequence) {
      for (const NodePtr& item : from.items) merge(mapping, *item, key, merged);
      return;
    }
    if (from.kind != Node::Kind::mapping) {
      fail(
          source_,
          "cannot merge mappings; the provided source object is unacceptable",
          key.span.begin);
    }
    for (const auto& entry : from.entries) {
      if (mapping.find(entry.key->text)) continue;
      mapping.entries.push_back(entry);
      merged.push_back(entry.key->text);
    }
  }

  const workflow::SourceFile& source_;
};

}  // namespace

NodePtr load_filter_yaml(const std::string& text) {
  if (trim_javascript(text).empty()) return nullptr;
  const auto source = std::make_shared<const workflow::SourceFile>("filters", text);
  workflow::Diagnostics diagnostics;
  const NodePtr root = workflow::read_yaml(source, diagnostics, {.refuse_duplicate_keys = false});
  for (const auto& finding : diagnostics.all()) {
    if (finding.severity == workflow::Severity::error) report(*source, finding);
  }
  if (!root) throw Failed("the filters are no YAML");
  return Loader(*source).load(root);
}

}  // namespace crun::executor::builtin
