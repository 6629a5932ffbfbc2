// A detached HEAD, as checkouts leave it, has no name of its own: the ref is read from what git log
// would print beside the commit ("HEAD, tag: v1, origin/main").

#include "executor/builtin/metadata/git_context.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/javascript_text.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::builtin {

namespace {

std::string git(std::vector<std::string> arguments) {
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  const CommandResult result = run_command(command);
  if (!result.status.success() && !result.err.empty()) throw Failed(result.err);
  return std::string(trim_javascript(result.out));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = trim_javascript(text.substr(from, end - from));
    if (!line.empty()) lines.emplace_back(line);
    from = end + 1;
  }
  return lines;
}

std::string first_line(const std::vector<std::string>& lines) {
  return lines.empty() ? std::string() : lines.front();
}

std::string ref_containing_head(const std::string& scope) {
  return first_line(lines_of(git(
      {"for-each-ref",
       "--format=%(refname)",
       "--contains",
       "HEAD",
       "--sort=-committerdate",
       scope})));
}

/// For a HEAD that no ref points to.
std::string infer_ref() {
  if (const std::string local = ref_containing_head("refs/heads/"); !local.empty()) return local;
  if (const std::string remote = ref_containing_head("refs/remotes/"); !remote.empty()) {
    const std::size_t slash = remote.find('/', std::string_view("refs/remotes/").size());
    return slash == std::string::npos ? remote : "refs/heads/" + remote.substr(slash + 1);
  }
  const std::string tag = first_line(lines_of(git({"tag", "--contains", "HEAD"})));
  if (tag.empty()) throw Failed("Cannot infer ref from detached HEAD");
  return "refs/tags/" + tag;
}

/// `decoration` begins with the tag, and may go on with other names. Tags may hold commas
/// themselves, so the longest that fits is meant.
std::string tag_ref(std::string_view decoration, const std::string& whole) {
  auto refs =
      lines_of(git({"for-each-ref", "--format=%(refname)", "--points-at", "HEAD", "refs/tags/"}));
  std::ranges::stable_sort(
      refs, [](const auto& left, const auto& right) { return left.size() > right.size(); });
  for (const std::string& ref : refs) {
    const std::string shown = "tag: " + ref.substr(std::string_view("refs/tags/").size());
    if (decoration == shown || decoration.starts_with(shown + ", ")) return ref;
  }
  if (refs.size() == 1) return refs.front();
  throw Failed(fmt::format("Cannot find detached tag ref in \"{}\"", whole));
}

bool is_pull_request(std::string_view name) {
  if (!name.starts_with("pull/")) return false;
  name.remove_prefix(5);
  const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  return digits > 0 && (name.substr(digits) == "/merge" || name.substr(digits) == "/head");
}

std::string detached_ref() {
  const std::string whole = git({"show", "-s", "--pretty=%D"});
  std::string_view names = whole;
  if (names.starts_with("grafted, ")) names.remove_prefix(9);
  names = trim_javascript(names);
  if (names == "HEAD") return infer_ref();
  if (!names.starts_with("HEAD, ") || names.size() == 6) {
    throw Failed(fmt::format("Cannot find detached HEAD ref in \"{}\"", whole));
  }
  const std::string_view name = trim_javascript(names.substr(6));
  if (name.starts_with("tag: ")) return tag_ref(name, whole);
  if (is_pull_request(name)) return fmt::format("refs/{}", name);
  // "origin/main, main" or "origin/main".
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) {
    throw Failed(fmt::format("Unsupported detached HEAD ref in \"{}\"", whole));
  }
  const std::size_t comma = name.find(", ", slash);
  const bool plain_remote = name.find('/', slash + 1) > comma;
  const std::string_view branch = comma != std::string_view::npos && plain_remote
                                      ? name.substr(comma + 2)
                                      : name.substr(slash + 1);
  return fmt::format("refs/heads/{}", trim_javascript(branch));
}

}  // namespace

GitContext read_git_context(bool with_date) {
  GitContext context;
  const bool detached = git({"branch", "--show-current"}).empty();
  context.ref = detached ? detached_ref() : git({"symbolic-ref", "HEAD"});
  context.sha = git({"show", "--format=%H", "HEAD", "--quiet", "--"});
  // The quotes are part of what the original asks for.
  if (with_date)
    context.commit_date = parse_date(git({"show", "-s", "--format=\"%ci\"", context.sha}));
  return context;
}

}  // namespace crun::executor::builtin
