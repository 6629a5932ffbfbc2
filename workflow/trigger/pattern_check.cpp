// What is wrong with a filter pattern. GitHub's dialect is small enough that each mistake can be
// named with its place; the places are those at which reading the pattern from the left notices.
#include <fmt/format.h>

#include "workflow/trigger/pattern.hpp"

namespace crun::workflow {

namespace {

std::string shown(char c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return std::string(1, c);
}

/// Reads a pattern once from the left and notes what it stumbles over.
class PatternReader {
 public:
  PatternReader(std::string_view text, PatternKind kind)
      : text_(text), ref_(kind == PatternKind::ref) {}

  std::vector<PatternProblem> read() {
    if (text_.empty()) {
      problem("the pattern is empty: it matches nothing");
      return std::move(problems_);
    }
    read_begin();
    while (!at_end()) {
      if (!read_next()) return std::move(problems_);
    }
    if (!ref_) check_path();
    return std::move(problems_);
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  char take() {
    const char c = text_[at_++];
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++column_;
    return c;
  }
  void problem(std::string message) { problems_.push_back({std::move(message), column_}); }

  void forbidden_in_ref(char c) {
    problem(fmt::format("no branch or tag has '{}' in its name", shown(c)));
  }

  void read_begin() {
    if (peek() == '!') {
      take();
      if (at_end()) problem("a pattern must follow '!'");
    } else if (ref_ && peek() == '/') {
      take();
      problem(
          "no branch or tag begins with '/': patterns are compared with main, not refs/heads/main");
      repeatable_ = true;
    }
  }

  // False when there is no sense in reading on.
  bool read_next() {
    char last = take();
    bool repeatable = true;
    if (last == '\\') {
      last = read_escape();
    } else if (last == '?' || last == '+') {
      if (!repeatable_) {
        problem(fmt::format(
            "'{}' repeats the character before it, and here is none that it could repeat", last));
      }
      repeatable = false;
    } else if (last == '*') {
      repeatable = false;
    } else if (last == '[') {
      if (!read_bracket()) return false;
      last = ']';
    } else if (last == '\n' || last == '\r') {
      if (last == '\r' && peek() == '\n') take();
      problem(
          fmt::format("a pattern is one line, but this one has a line break ('{}')", shown(last)));
    } else if (ref_ && std::string_view(" \t~^:").find(last) != std::string_view::npos) {
      forbidden_in_ref(last);
    }
    repeatable_ = repeatable;
    if (ref_ && at_end() && (last == '/' || last == '.')) {
      problem(fmt::format("no branch or tag ends with '{}'", last));
    }
    return true;
  }

  char read_escape() {
    const char next = peek();
    if (next == '+' || next == '!' || next == '\\') return take();
    if (next == '[' || next == '?' || next == '*') {
      take();
      if (ref_) forbidden_in_ref(next);
      return next;
    }
    // In the name of a file a backslash is a character like any other.
    if (!ref_) return '\\';
    problem("'\\' stands only before one of [ ? * + ! and '\\' itself");
    return at_end() ? '\\' : take();
  }

  // Behind '['. False when there is no ']'.
  bool read_bracket() {
    if (peek() == ']') {
      take();
      problem("'[]' matches no character");
      return true;
    }
    int choices = 0;
    std::string only;
    while (!at_end()) {
      const char first = take();
      if (first == ']') {
        if (choices == 1) problem(fmt::format("'[{0}]' is '{0}': brackets are for a choice", only));
        return true;
      }
      only += first;
      if (peek() != '-') {
        if ((static_cast<unsigned char>(first) & 0xC0) != 0x80) ++choices;
        continue;
      }
      take();
      choices = 2;
      if (peek() == ']') {
        take();
        problem(fmt::format("the range '{}-' has no end", shown(first)));
        return true;
      }
      if (at_end()) break;
      const char last = take();
      if (first > last) {
        problem(fmt::format("the range '{}-{}' is upside down", shown(first), shown(last)));
      }
    }
    problem("there is no ']' for this '['");
    return false;
  }

  void check_path() {
    auto path = text_;
    if (path.starts_with('!')) path.remove_prefix(1);
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    if (path.empty()) return;
    if (blank(path.front()) || blank(path.back())) {
      problems_.push_back({"blanks around the pattern are part of it: no path is like that", 1});
    }
    if (path == "." || path == ".." || path.starts_with("./") || path.starts_with("../")) {
      problems_.push_back(
          {"paths are told from the root of the repository, without './' or '../'", 1});
    }
  }

  std::string_view text_;
  bool ref_;
  std::size_t at_ = 0;
  int column_ = 0;
  bool repeatable_ = false;  // may ? or + follow?
  std::vector<PatternProblem> problems_;
};

}  // namespace

std::vector<PatternProblem> check_pattern(std::string_view text, PatternKind kind) {
  return PatternReader(text, kind).read();
}

}  // namespace crun::workflow
