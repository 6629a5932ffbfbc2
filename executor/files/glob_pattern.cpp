#include "executor/files/glob_pattern.hpp"

#include <algorithm>
#include <cstdlib>

#include "executor/error.hpp"

namespace crun::executor {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);
}

/// Split at slashes, with several as one.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (bool more = true; more;) {
    auto end = path.find('/');
    more = end != std::string_view::npos;
    parts.push_back(path.substr(0, end));
    if (more) path.remove_prefix(std::min(path.find_first_not_of('/', end), path.size()));
  }
  return parts;
}

/// The `]` that closes the class whose `[` stands at `open`, or npos. One right after the `[` or
/// the negation is a member.
std::size_t class_end(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ']' && i > open + 1) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// The bytes of the character that begins here.
std::size_t character_size(std::string_view text) {
  auto byte = static_cast<unsigned char>(text.front());
  std::size_t size = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
  return std::min(size, text.size());
}

/// Members of a class: single characters and ranges, compared as UTF-8 bytes, whose order is that
/// of the characters.
bool in_class(std::string_view members, std::string_view character) {
  bool negated = members.starts_with('!') || members.starts_with('^');
  if (negated) members.remove_prefix(1);
  auto take = [&] {
    if (members.front() == '\\' && members.size() > 1) members.remove_prefix(1);
    std::string_view one = members.substr(0, character_size(members));
    members.remove_prefix(one.size());
    return one;
  };
  bool found = false;
  while (!members.empty()) {
    std::string_view low = take(), high = low;
    if (members.size() > 1 && members.front() == '-') {
      members.remove_prefix(1);
      high = take();
    }
    found = found || (low <= character && character <= high);
  }
  return found != negated;
}

/// A segment against a name. Recursion only at `*`.
bool match_segment(std::string_view pattern, std::string_view name) {
  while (!pattern.empty()) {
    char c = pattern.front();
    if (c == '*') {
      pattern.remove_prefix(std::min(pattern.find_first_not_of('*'), pattern.size()));
      if (pattern.empty()) return true;
      for (std::size_t i = 0; i <= name.size(); ++i) {
        if (match_segment(pattern, name.substr(i))) return true;
      }
      return false;
    }
    if (name.empty()) return false;
    std::size_t end = c == '[' ? class_end(pattern, 0) : std::string_view::npos;
    if (end != std::string_view::npos) {
      std::size_t size = character_size(name);
      if (!in_class(pattern.substr(1, end - 1), name.substr(0, size))) return false;
      pattern.remove_prefix(end + 1);
      name.remove_prefix(size);
    } else if (c == '?') {
      pattern.remove_prefix(1);
      name.remove_prefix(character_size(name));
    } else {
      if (c == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
      if (pattern.front() != name.front()) return false;
      pattern.remove_prefix(1);
      name.remove_prefix(1);
    }
  }
  return name.empty();
}

/// What a segment without wildcards names; '' when it has some. A class of one character is a
/// character.
std::string literal(std::string_view segment) {
  std::string result;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    char c = segment[i];
    if (c == '\\' && i + 1 < segment.size()) {
      result += segment[++i];
      continue;
    }
    if (c == '*' || c == '?') return {};
    if (c == '[' && i + 1 < segment.size()) {
      std::string members;
      std::size_t end = i + 1;
      for (; end < segment.size() && segment[end] != ']'; ++end) {
        if (segment[end] == '\\' && end + 1 < segment.size()) ++end;
        members += segment[end];
      }
      if (end < segment.size() && members.size() > 1) return {};
      if (end < segment.size() && members.size() == 1) {
        result += members;
        i = end;
        continue;
      }
    }
    result += c;
  }
  return result;
}

/// A path in which nothing is a wildcard.
std::string escaped(std::string_view path) {
  std::string result;
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '\\') {
      result += "\\\\";
    } else if (c == '*' || c == '?' || c == '[') {
      result += '[';
      result += c;
      result += ']';
    } else {
      result += c;
    }
  }
  return result;
}

std::string absolute(std::string_view pattern, const std::string& folder) {
  if (pattern == "." || pattern.starts_with("./")) {
    return escaped(folder) + std::string(pattern.substr(1));
  }
  if (pattern == "~" || pattern.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    return escaped(home ? home : "/") + std::string(pattern.substr(1));
  }
  if (pattern.starts_with('/')) return std::string(pattern);
  return escaped(folder) + "/" + std::string(pattern);
}

}  // namespace

GlobPattern::GlobPattern(std::string_view pattern, const std::string& folder) {
  pattern = trimmed(pattern);
  while (pattern.starts_with('!')) {
    negated_ = !negated_;
    pattern = trimmed(pattern.substr(1));
  }
  if (pattern.empty()) throw Error("hashFiles: a pattern must not be empty");
  auto relative = split(pattern);
  for (std::size_t i = 0; i < relative.size(); ++i) {
    std::string text = literal(relative[i]);
    if (text == ".." || (text == "." && i > 0)) {
      throw Error(
          "Invalid pattern '" + std::string(pattern) +
          "'. Relative pathing '.' and '..' is not allowed.");
    }
  }
  std::string whole = absolute(pattern, folder);
  auto parts = split(whole);
  directories_only_ = parts.size() > 1 && parts.back().empty();
  if (directories_only_) parts.pop_back();
  bool fixed = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    segments_.push_back({std::string(parts[i]), parts[i] == "**"});
    std::string text = literal(parts[i]);
    fixed = fixed && (i == 0 || !text.empty());
    if (fixed && i > 0) search_path_ += "/" + text;
  }
  if (search_path_.empty()) search_path_ = "/";
}

bool GlobPattern::implies_descendants() const {
  return directories_only_ || !segments_.back().everything;
}

GlobPattern GlobPattern::with_descendants() const {
  GlobPattern all = *this;
  all.segments_.push_back({"**", true});
  all.directories_only_ = false;
  all.implicit_ = true;
  return all;
}

GlobKind GlobPattern::match(std::string_view path) const {
  auto parts = split(path);
  // `a/**` written out matches a itself as well.
  if (segments_.back().everything && !implicit_ && !parts.back().empty()) parts.emplace_back();
  if (!match_from(parts, 0, 0, false)) return GlobKind::none;
  return directories_only_ ? GlobKind::directory : GlobKind::all;
}

bool GlobPattern::leads_on(std::string_view path) const {
  if (path == "/") return true;
  return match_from(split(path), 0, 0, true);
}

bool GlobPattern::match_from(
    const std::vector<std::string_view>& path,
    std::size_t at,
    std::size_t segment,
    bool partial) const {
  for (; at < path.size() && segment < segments_.size(); ++at, ++segment) {
    if (segments_[segment].everything) {
      if (segment + 1 == segments_.size()) return true;
      for (; at < path.size(); ++at) {
        if (match_from(path, at, segment + 1, partial)) return true;
      }
      return partial;
    }
    if (!match_segment(segments_[segment].text, path[at])) return false;
  }
  if (at == path.size()) return partial || segment == segments_.size();
  return at + 1 == path.size() && path[at].empty();  // a slash at the end
}

}  // namespace crun::executor
