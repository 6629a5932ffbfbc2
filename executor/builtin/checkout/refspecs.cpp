#include "executor/builtin/checkout/refspecs.hpp"

namespace crun::executor::builtin::checkout {
namespace {

constexpr std::string_view heads = "refs/heads/", pulls = "refs/pull/", tags = "refs/tags/";

std::string rest(const std::string& ref, std::string_view prefix) {
  return ref.substr(prefix.size());
}

}  // namespace

std::vector<std::string> refspecs(
    const std::string& ref, const std::string& commit, const Version& version) {
  const auto source = "+" + (commit.empty() ? ref : commit) + ":";
  if (ref.starts_with(heads)) return {source + "refs/remotes/origin/" + rest(ref, heads)};
  if (ref.starts_with(pulls)) return {source + "refs/remotes/pull/" + rest(ref, pulls)};
  if (ref.starts_with(tags)) {
    // By its commit an annotated tag becomes a lightweight one; v6 fetches the tag itself.
    const bool by_name = commit.empty() || version >= Version{6, 0, 0};
    return {"+" + (by_name ? ref : commit) + ":" + ref};
  }
  if (!commit.empty()) return {commit};
  if (ref.starts_with("refs/")) return {"+" + ref + ":" + ref};
  return {
      "+refs/heads/" + ref + "*:refs/remotes/origin/" + ref + "*",
      "+refs/tags/" + ref + "*:refs/tags/" + ref + "*"};
}

std::vector<std::string> refspecs_for_all_history(
    const std::string& ref, const std::string& commit) {
  std::vector<std::string> all = {"+refs/heads/*:refs/remotes/origin/*", all_tags};
  if (ref.starts_with(pulls)) {
    all.push_back("+" + (commit.empty() ? ref : commit) + ":refs/remotes/pull/" + rest(ref, pulls));
  }
  return all;
}

}  // namespace crun::executor::builtin::checkout
