#include "workflow/lint/repository_path.hpp"

#include <vector>

namespace crun::workflow {

std::string join_path(std::string_view folder, std::string_view name) {
  std::string out(folder);
  if (!folder.empty() && !name.empty()) out += '/';
  return out += name;
}

std::optional<std::string> resolve_path(std::string_view folder, std::string_view path) {
  if (path.starts_with('/')) return std::nullopt;
  const auto whole = join_path(folder, path);
  std::vector<std::string_view> parts;
  for (std::string_view rest = whole; !rest.empty();) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string out;
  for (const auto part : parts) out = join_path(out, part);
  return out;
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace crun::workflow
