// The docker CLI says:   The push refers to repository [HOST/NAME]
//                        TAG: digest: sha256:... size: 123
// BuildKit says:         #8 pushing manifest for HOST/NAME:TAG@sha256:... 0.1s done

#include "executor/step/push_watch.hpp"

#include <algorithm>

namespace crun::executor {

namespace {

constexpr std::size_t digest_length = 7 + 64;

bool is_digest(std::string_view text) {
  return text.size() == digest_length && text.starts_with("sha256:") &&
         text.find_first_not_of("0123456789abcdef", 7) == std::string_view::npos;
}

}  // namespace

void PushWatch::saw(std::string ref, std::string_view digest) {
  if (!is_digest(digest)) return;
  const auto known = std::find_if(
      pushes_.begin(), pushes_.end(), [&](const SeenPush& push) { return push.ref == ref; });
  if (known != pushes_.end()) {
    known->digest = digest;
  } else {
    pushes_.push_back({std::move(ref), std::string(digest)});
  }
}

void PushWatch::line(std::string_view line) {
  constexpr std::string_view refers = "The push refers to repository [";
  constexpr std::string_view digest_word = ": digest: ";
  constexpr std::string_view manifest_word = "pushing manifest for ";

  if (line.starts_with(refers)) {
    line.remove_prefix(refers.size());
    repository_ = line.substr(0, line.find(']'));
    return;
  }
  // A tag has no space in it.
  if (const auto space = line.find(' '); space != std::string_view::npos && space > 1) {
    const auto tag = line.substr(0, space - 1);
    if (!repository_.empty() && line.substr(tag.size()).starts_with(digest_word)) {
      return saw(
          repository_ + ":" + std::string(tag),
          line.substr(tag.size() + digest_word.size(), digest_length));
    }
  }
  if (!line.starts_with('#')) return;
  if (const auto at = line.find(manifest_word); at != std::string_view::npos) {
    auto what = line.substr(at + manifest_word.size());
    what = what.substr(0, what.find(' '));
    if (const auto digest = what.find('@'); digest != std::string_view::npos) {
      saw(std::string(what.substr(0, digest)), what.substr(digest + 1));
    }
  }
}

}  // namespace crun::executor
