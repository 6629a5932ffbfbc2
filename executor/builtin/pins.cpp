// The table is text: the action's name on a line of its own, then a line per commit with its tags,
// newest first, the most exact tag of a commit first.
#include "executor/builtin/pins.hpp"

#include <algorithm>

#include "executor/builtin/builtin.hpp"

namespace crun::executor::builtin {
namespace {

constexpr std::string_view table =
#include "executor/builtin/pins.inc"
    ;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool is_commit(std::string_view ref) {
  return ref.size() == 40 && ref.find_first_not_of("0123456789abcdefABCDEF") == ref.npos;
}

}  // namespace

std::vector<workflow::ActionPin> pins_of(std::string_view repository) {
  std::vector<workflow::ActionPin> pins;
  bool ours = false;
  for (std::string_view rest = table; !rest.empty();) {
    std::string_view line = take(rest, '\n');
    if (line.find('/') != line.npos) {
      if (ours) break;
      ours = same_name(line, repository);
      continue;
    }
    if (!ours) continue;
    const std::string_view commit = take(line, ' ');
    while (!line.empty()) {
      const std::string_view tag = take(line, ' ');
      pins.push_back({std::string(repository), std::string(tag), std::string(commit)});
    }
  }
  return pins;
}

bool is_known_ref(std::string_view repository, std::string_view ref) {
  const auto pins = pins_of(repository);
  return std::any_of(pins.begin(), pins.end(), [ref](const workflow::ActionPin& pin) {
    return pin.tag == ref || same_name(pin.commit, ref);
  });
}

std::optional<std::string> resolve_version(std::string_view repository, std::string_view ref) {
  const auto pins = pins_of(repository);
  if (pins.empty()) return std::nullopt;
  // The first tag of a commit is its most exact one: v6 -> v6.9.0.
  const auto exact_tag_of = [&pins](std::string_view commit) {
    return std::find_if(
               pins.begin(),
               pins.end(),
               [commit](const workflow::ActionPin& pin) { return same_name(pin.commit, commit); })
        ->tag;
  };
  for (const workflow::ActionPin& pin : pins) {
    if (pin.tag == ref || same_name(pin.commit, ref)) return exact_tag_of(pin.commit);
  }
  const bool default_branch = ref == "main" || ref == "master";
  if (default_branch || is_commit(ref)) return pins.front().tag;
  return std::nullopt;
}

}  // namespace crun::executor::builtin
