#include "workflow/model/uses.hpp"

#include <vector>

namespace crun::workflow {

namespace {

std::vector<std::string> path_segments(std::string_view text) {
  std::vector<std::string> segments(1);
  for (const char c : text) {
    if (c == '/' || c == '\\') {
      if (!segments.back().empty()) segments.emplace_back();
    } else {
      segments.back() += c;
    }
  }
  if (segments.back().empty()) segments.pop_back();
  return segments;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::optional<UsesReference> parse_uses(std::string_view text) {
  constexpr std::string_view docker = "docker://";
  UsesReference reference;
  if (text.starts_with(docker)) {
    reference.kind = UsesReference::Kind::docker;
    reference.image = text.substr(docker.size());
    return reference;
  }
  if (text.starts_with("./") || text.starts_with(".\\") || text.starts_with("$/")) {
    reference.kind = text.front() == '$' ? UsesReference::Kind::self : UsesReference::Kind::local;
    reference.path = text.substr(2);
    return reference;
  }
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return {};
  const auto segments = path_segments(text.substr(0, at));
  if (segments.size() < 2 || at + 1 == text.size()) return {};
  reference.kind = UsesReference::Kind::remote;
  reference.owner = segments[0];
  reference.repository = segments[1];
  for (std::size_t i = 2; i < segments.size(); ++i) {
    reference.path += (i == 2 ? "" : "/") + segments[i];
  }
  reference.version = text.substr(at + 1);
  return reference;
}

std::string uses_comment(std::string_view line, std::size_t column) {
  if (column == 0 || column > line.size()) return {};
  auto rest = line.substr(column - 1);
  if (!rest.empty() && (rest.front() == '\'' || rest.front() == '"')) {
    const auto end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const bool apart = i > 0 && (rest[i - 1] == ' ' || rest[i - 1] == '\t');
    if (rest[i] == '#' && apart) return std::string(trimmed(rest.substr(i + 1)));
  }
  return {};
}

}  // namespace crun::workflow
