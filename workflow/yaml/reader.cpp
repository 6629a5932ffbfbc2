#include "workflow/yaml/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "workflow/source/unicode.hpp"
#include "workflow/yaml/mistake.hpp"
#include "workflow/yaml/read_ahead.hpp"
#include "workflow/yaml/scalar.hpp"
#include "workflow/yaml/tolerance.hpp"
#include "workflow/yaml/written_scalar.hpp"

namespace crun::workflow {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr auto code = "yaml";
// GitHub too keeps no more than ten; what follows from one mistake need not all be told.
constexpr std::size_t most_errors = 10;

// Thrown through the parser once a diagnostic says why reading cannot go on.
struct Stop {};

void too_many_nodes(const SourcePtr& source, const YamlLimits& limits, Diagnostics& diagnostics) {
  diagnostics.error(source, {}, code, "Maximum YAML nodes exceeded").help =
      fmt::format("At most {} nodes are read.", limits.nodes);
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(
      const SourcePtr& source,
      const RewrittenText& rewritten,
      const YamlLimits& limits,
      Diagnostics& diagnostics)
      : source_(source),
        text_(source->text()),
        rewritten_(rewritten),
        limits_(limits),
        diagnostics_(diagnostics),
        told_{rewritten.original(0), 0} {}

  NodePtr root() const { return root_; }

  // Asked for with every block that is read, so a long text is gone through once.
  const Told& told() {
    if (const auto text = std::exchange(last_text_, nullptr)) {
      const bool plain = text->style == Node::Style::plain;
      const auto begin = plain ? told_.end : line_end(text_, told_.end);
      told_.end = unfolded_end(text_, begin, text->text);
    }
    return told_;
  }

  ParseFailure failure(const YAML::Exception& error) const {
    ParseFailure failure;
    failure.message = error.msg;
    failure.offset = error.mark.is_null() ? text_.size() : offset(error.mark);
    failure.last_quote = last_quote_;
    for (const auto& open : open_) {
      if (open.node->style == Node::Style::flow) failure.open_bracket = open.begin;
    }
    return failure;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    const auto at = offset(mark);
    const bool marked = text_.substr(at).starts_with("---");
    stop(
        span(at, at),
        marked ? "Only one YAML document is allowed in a file; here begins a second one"
               : "Invalid YAML: this is not part of what the file begins with",
        marked ? "Remove the line '---' and what follows it."
               : "Check the indentation: keys of one mapping must begin in the same column.");
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto at = skip_properties(text_, offset(mark));
    auto node = std::make_shared<Node>();
    node->text = explicit_null(at);
    if (node->text.empty()) {
      check_missing(at);
      at = after_indicator(at);
    }
    const auto end = at + node->text.size();
    add_leaf(std::move(node), at, end, anchor);
  }

  // The parser lets names of anchors begin with anything.
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    if (!name.starts_with('&')) return;
    const auto at = offset(mark);
    stop(
        span(at, at + 2), "Invalid YAML: a text cannot begin with '&&'", "Put the text in quotes.");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto at = offset(mark);
    const auto end = alias_end(text_, at);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      stop(span(at, end), "An alias cannot stand within what it repeats", "");
    }
    tell(end);
    const auto& [node, size, height] = found->second;
    count(size);
    check_depth(height, at);
    attach(node, at, end, height);
  }

  void OnScalar(
      const YAML::Mark& mark,
      const std::string& raw_tag,
      YAML::anchor_t anchor,
      const std::string& raw_value) override {
    auto node = std::make_shared<Node>();
    const auto tag = show(raw_tag);
    const auto value = show(raw_value);
    const auto at = offset(mark);
    const bool plain = tag == "?";
    const auto written = find_scalar(text_, at, value, plain);
    check_closed(written);
    node->text = written.style == Node::Style::folded
                     ? restore_kept_breaks(value, text_, written.begin)
                     : value;
    node->style = written.style;
    if (plain) {
      type_plain_scalar(*node);
    } else if (tag == "!") {
      node->kind = Node::Kind::string;
    } else if (auto message = type_tagged_scalar(*node, tag); !message.empty()) {
      explain_tag(source_, span(at, written.end), tag, std::move(message), diagnostics_);
      stop_after_many();
    }
    add_leaf(std::move(node), at, written.end, anchor);
  }

  void OnSequenceStart(
      const YAML::Mark& mark,
      const std::string&,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value style) override {
    open(Node::Kind::sequence, mark, anchor, style);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(
      const YAML::Mark& mark,
      const std::string&,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value style) override {
    open(Node::Kind::mapping, mark, anchor, style);
  }

  void OnMapEnd() override { close(); }

 private:
  // A sequence or mapping whose end has not come yet.
  struct Open {
    std::shared_ptr<Node> node;
    std::size_t begin = 0;
    YAML::anchor_t anchor = 0;
    std::size_t nodes_before = 0;  // counted when it began
    int height = 0;                // levels below it so far
    bool bracket = false;          // one of its own, not of a pair within a list: `[a: b]`
    NodePtr key;                   // of a mapping, while its value is awaited
    std::size_t key_begin = 0;
    std::size_t key_end = 0;
    std::unordered_map<std::string, Span> keys;  // folded, if duplicates are refused
  };

  // What an alias repeats.
  struct Anchored {
    NodePtr node;
    std::size_t size;
    int height;
  };

  std::string show(const std::string& text) const {
    return rewritten_.hides ? show_question_marks(text) : text;
  }

  [[noreturn]] void stop(Span span, std::string message, std::string help) {
    diagnostics_.error(source_, span, code, std::move(message)).help = std::move(help);
    throw Stop();
  }

  void stop_after_many() const {
    if (diagnostics_.all().size() >= most_errors) throw Stop();
  }

  Span span(std::size_t begin, std::size_t end) const {
    return {source_->position(begin), source_->position(end)};
  }

  std::size_t offset(const YAML::Mark& mark) const {
    const auto at = rewritten_.original(static_cast<std::size_t>(std::max(mark.pos, 0)));
    return std::min(at, text_.size());
  }

  // "null" or "~" if that is what stands there; a value without text is marked at what comes next.
  std::string explicit_null(std::size_t at) const {
    const auto place = source_->position(at);
    if (!open_.empty() && open_.back().key) {
      const auto key = open_.back().key->span.begin;
      if (place.line != key.line && place.column <= key.column) return {};
    }
    for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
      if (text_.substr(at, word.size()) != word) continue;
      const char next = at + word.size() < text_.size() ? text_[at + word.size()] : '\n';
      if (std::string_view(" \t\r\n,]}:").find(next) != npos) return std::string(word);
    }
    return {};
  }

  // The parser takes for null what GitHub's refuses: a key without a colon, a colon without a key,
  // nothing between two commas.
  void check_missing(std::size_t at) {
    if (open_.empty()) return;
    const auto& parent = open_.back();
    const bool flow = parent.node->style == Node::Style::flow;
    if (parent.node->kind == Node::Kind::sequence) {
      if (flow) stop(span(at, at), "Invalid YAML: an item is missing before this comma", "");
    } else if (!flow && !parent.key) {
      stop(span(at, at), "Invalid YAML: a key is missing before this colon", "");
    } else if (!flow && at == parent.key_begin) {
      stop(
          span(parent.key_begin, parent.key_end),
          "Invalid YAML: this line is neither 'key: value' nor '- item'",
          "Is the colon missing?");
    }
  }

  // The place behind the colon or dash whose value has no text.
  std::size_t after_indicator(std::size_t next) const {
    if (!open_.empty() && open_.back().key) {
      const auto key_end = open_.back().key_end;
      const auto colon = text_.find_first_not_of(" \t", key_end);
      return colon != npos && text_[colon] == ':' ? colon + 1 : key_end;
    }
    // Between a dash and the next token there are only white space and comments.
    const auto dash = text_.substr(0, next).rfind('-');
    return dash == npos ? next : dash + 1;
  }

  void check_closed(const WrittenScalar& written) {
    const bool quoted =
        written.style == Node::Style::single_quoted || written.style == Node::Style::double_quoted;
    if (!quoted) return;
    if (written.end == npos) {
      stop(
          span(written.begin, line_end(text_, written.begin)),
          "Invalid YAML: this quote is never closed",
          "Add the missing quote at the end of the text.");
    }
    const auto text = text_.substr(written.begin, written.end - written.begin);
    if (text.find('\n') != npos) last_quote_ = written.begin;
  }

  void count(std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ <= limits_.nodes) return;
    too_many_nodes(source_, limits_, diagnostics_);
    throw Stop();
  }

  void check_depth(int height, std::size_t at) {
    if (static_cast<int>(open_.size()) + height <= limits_.depth) return;
    auto& error = diagnostics_.error(source_, {}, code, "Maximum object depth exceeded");
    error.notes.push_back(
        {source_, span(at, at), fmt::format("deeper than {} levels", limits_.depth)});
    throw Stop();
  }

  void add_leaf(
      std::shared_ptr<Node> node, std::size_t begin, std::size_t end, YAML::anchor_t anchor) {
    count(1);
    node->span = span(begin, end);
    const bool quoted =
        node->style == Node::Style::single_quoted || node->style == Node::Style::double_quoted;
    tell(quoted ? end : skip_properties(text_, begin));
    if (!quoted) last_text_ = node;
    NodePtr finished = std::move(node);
    if (anchor) anchors_[anchor] = {finished, 1, 0};
    attach(finished, begin, end, 0);
  }

  void open(
      Node::Kind kind,
      const YAML::Mark& mark,
      YAML::anchor_t anchor,
      YAML::EmitterStyle::value style) {
    const auto at = offset(mark);
    check_depth(1, at);
    const bool flow = style == YAML::EmitterStyle::Flow;
    auto& opened = open_.emplace_back();
    opened.node = std::make_shared<Node>();
    opened.node->kind = kind;
    opened.node->style = flow ? Node::Style::flow : Node::Style::block;
    opened.node->span = span(at, at);
    opened.begin = at;
    opened.anchor = anchor;
    opened.nodes_before = nodes_;
    tell_opened(opened, skip_properties(text_, at));
    count(1);
  }

  void close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    const auto height = closed.height + 1;
    const NodePtr node = std::move(closed.node);
    if (closed.bracket) --brackets_;
    if (closed.anchor) anchors_[closed.anchor] = {node, nodes_ - closed.nodes_before, height};
    attach(node, closed.begin, closed.begin, height);
  }

  void attach(const NodePtr& node, std::size_t begin, std::size_t end, int height) {
    if (open_.empty()) {
      root_ = node;
      return;
    }
    auto& parent = open_.back();
    parent.height = std::max(parent.height, height);
    parent.node->span.end = std::max(parent.node->span.end, node->span.end);
    if (parent.node->kind == Node::Kind::sequence) {
      parent.node->items.push_back(node);
    } else if (parent.key) {
      parent.node->entries.push_back({std::exchange(parent.key, nullptr), node});
    } else {
      parent.key = node;
      parent.key_begin = begin;
      parent.key_end = end;
      if (limits_.refuse_duplicate_keys) check_duplicate(parent, node, span(begin, end));
    }
  }

  void tell(std::size_t end) {
    told_ = {end, brackets_};
    last_text_ = nullptr;
  }

  // The bracket of `[{a: b}: c]` is told of twice, first for the pair, which has none.
  void tell_opened(Open& opened, std::size_t at) {
    const char expected = opened.node->kind == Node::Kind::sequence ? '[' : '{';
    const bool flow = opened.node->style == Node::Style::flow;
    if (!flow || at >= text_.size() || text_[at] != expected) return;
    opened.bracket = true;
    if (at < told_.end) {
      open_[open_.size() - 2].bracket = false;
      return;
    }
    ++brackets_;
    tell(at + 1);
  }

  void check_duplicate(Open& parent, const NodePtr& key, Span place) {
    if (!key->is_scalar()) return;
    const auto [first, is_new] = parent.keys.emplace(fold(key->text), place);
    if (is_new) return;
    auto& error = diagnostics_.error(
        source_, place, "duplicate-key", fmt::format("'{}' is already defined", key->text));
    error.notes.push_back({source_, first->second, "first defined here"});
    stop_after_many();
  }

  const SourcePtr& source_;
  std::string_view text_;
  const RewrittenText& rewritten_;
  const YamlLimits& limits_;
  Diagnostics& diagnostics_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::optional<std::size_t> last_quote_;
  int brackets_ = 0;
  Told told_;          // but for what is still to be read of `last_text_`, which begins there
  NodePtr last_text_;  // the last event was of a scalar without quotes
  NodePtr root_;
};

struct Attempt {
  NodePtr root;                         // null with the reason in the diagnostics or in `failure`
  std::optional<ParseFailure> failure;  // the parser gave up
};

Attempt parse(
    const SourcePtr& source,
    const RewrittenText& rewritten,
    const YamlLimits& limits,
    Diagnostics& diagnostics) {
  TreeBuilder builder(source, rewritten, limits, diagnostics);
  ReadAhead ahead(source->text(), limits.depth, limits.nodes);
  GatedText text(rewritten.text, [&](std::size_t given) {
    return !ahead.exceeds(builder.told(), rewritten.original(given));
  });
  try {
    std::istream stream(&text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (!text.is_cut()) return {nullptr, builder.failure(error)};
  } catch (const Stop&) {
    return {};
  }
  if (text.is_cut()) {
    too_many_nodes(source, limits, diagnostics);
    return {};
  }
  return {builder.root() ? builder.root() : std::make_shared<const Node>(), std::nullopt};
}

}  // namespace

NodePtr read_yaml(const SourcePtr& source, Diagnostics& diagnostics, const YamlLimits& limits) {
  if (find_encoding_mistake(source, limits.characters, diagnostics)) return nullptr;
  Diagnostics found;
  const auto text = as_it_is(source->text());
  auto attempt = parse(source, text, limits, found);
  // What is read wrongly may also exceed a limit that it keeps where it is read as it is meant.
  if (!attempt.root) {
    const auto tolerated = tolerate(source->text());
    Diagnostics found_again;
    const bool again = tolerated.text != text.text;
    auto second = again ? parse(source, tolerated, limits, found_again) : attempt;
    if (second.root || (attempt.failure && !second.failure)) {
      attempt = std::move(second);
      found = std::move(found_again);
    } else if (attempt.failure && !found.has_errors()) {
      // After a wrong tag the parser stumbles over the rest of its line: that is no news.
      explain(source, *attempt.failure, found);
    }
  }
  diagnostics.append(found);
  return found.has_errors() ? nullptr : attempt.root;
}

}  // namespace crun::workflow
