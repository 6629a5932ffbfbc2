#include "executor/builtin/build_push/build_failure.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/format.h>

#include "executor/net/registry.hpp"

namespace crun::executor::builtin {
namespace {

namespace fs = std::filesystem;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

bool is_remote(std::string_view context) {
  return has(context, "://") || context.starts_with("git@") || context == "-";
}

/// Dockerfiles in a folder and the folders below it, a few of them.
std::string dockerfiles_below(const fs::path& folder) {
  constexpr std::size_t enough = 5;
  constexpr int deep_enough = 3;
  std::vector<std::string> found;
  std::error_code error;
  auto place = fs::recursive_directory_iterator(
      folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && place != fs::recursive_directory_iterator(); place.increment(error)) {
    const std::string name = place->path().filename();
    if (place.depth() >= deep_enough || name == ".git" || name == "node_modules") {
      place.disable_recursion_pending();
    }
    if (name == "Dockerfile" || name.ends_with(".Dockerfile") || name.starts_with("Dockerfile.")) {
      found.push_back(place->path().lexically_normal());
    }
    if (found.size() == enough) break;
  }
  std::sort(found.begin(), found.end());
  return fmt::format("{}", fmt::join(found, ", "));
}

std::string missing_dockerfile(const BuildInputs& inputs) {
  const std::string path = dockerfile_path(inputs);
  if (path.empty()) return "the build context has no such Dockerfile";
  const std::string others = dockerfiles_below(is_remote(inputs.context) ? "." : inputs.context);
  return fmt::format(
      "the file {} does not exist{}",
      path,
      others.empty() ? "; there is no Dockerfile in the build context"
                     : fmt::format("; there are: {}", others));
}

std::string missing_context(const BuildInputs& inputs) {
  std::error_code error;
  const bool empty_workspace = fs::is_empty(".", error);
  return fmt::format(
      "the build context {} does not exist{}",
      inputs.context,
      empty_workspace ? ": the workspace is empty, is a step with actions/checkout missing?" : "");
}

/// "dockerfile parse error on line 3: ..." -> 3
std::string line_of_parse_error(std::string_view text) {
  constexpr std::string_view words = "parse error on line ";
  const std::size_t at = text.find(words);
  if (at == text.npos) return {};
  text.remove_prefix(at + words.size());
  return std::string(text.substr(0, text.find_first_not_of("0123456789")));
}

std::string hint(
    const ActionRuntime& runtime,
    const BuildInputs& inputs,
    const BuildProgress& progress,
    const std::string& text) {
  if (has(text, "failed to read dockerfile")) return missing_dockerfile(inputs);
  if (has(text, "unable to prepare context")) return missing_context(inputs);
  if (has(text, "annot connect to the Docker daemon") || has(text, "error during connect")) {
    const std::string host = runtime.env("DOCKER_HOST");
    return fmt::format(
        "the docker engine at {} does not answer: is it running?",
        host.empty() ? "the current docker context" : host);
  }
  if (has(text, "tag is needed when pushing")) {
    return "`push: true` needs at least one name in `tags`";
  }
  if (has(text, "exec format error")) {
    return "a program for another processor was run: cross-compile, or register an emulator "
           "(docker/setup-qemu-action)";
  }
  if (has(text, "failed to push") && (has(text, "401") || has(text, "denied"))) {
    return "the registry refuses the push: is there a step with docker/login-action for it, and "
           "may that user write there?";
  }
  if (has(text, "failed to push")) return "the registry did not take the image";
  if (has(text, "failed to resolve source metadata")) {
    return "a base image (FROM, COPY --from or `# syntax=`) is neither local nor to be had from "
           "its "
           "registry";
  }
  if (has(text, "failed to calculate checksum") || has(text, "failed to compute cache key")) {
    return fmt::format(
        "a file that COPY or ADD names is not in the build context {}, or .dockerignore leaves it "
        "out",
        inputs.context);
  }
  if (has(text, "no space left on device")) return "the engine's disk is full: docker system df";
  if (!progress.failed_step().empty()) return fmt::format("failed: {}", progress.failed_step());
  return {};
}

}  // namespace

std::string dockerfile_path(const BuildInputs& inputs) {
  if (!inputs.file.empty()) return inputs.file;
  if (is_remote(inputs.context)) return {};
  return (fs::path(inputs.context) / "Dockerfile").lexically_normal();
}

BuildFailure explain_failure(
    const ActionRuntime& runtime,
    const BuildInputs& inputs,
    const BuildProgress& progress,
    const std::string& last_line) {
  BuildFailure failure;
  failure.message = fmt::format("buildx failed with: {}", last_line);
  const std::string more = hint(runtime, inputs, progress, last_line);
  if (!more.empty()) failure.message += " (" + more + ")";
  const std::string line = line_of_parse_error(last_line);
  if (!line.empty()) failure.place = {{"file", dockerfile_path(inputs)}, {"line", line}};
  return failure;
}

std::string trouble_with_tag(std::string_view tag) {
  if (ImageReference::parse(tag)) return {};
  std::string lower(tag);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  const std::size_t colon = tag.rfind(':'), slash = tag.rfind('/');
  const bool has_tag = colon != tag.npos && (slash == tag.npos || colon > slash);
  if (lower != tag && ImageReference::parse(lower)) {
    const std::string good =
        has_tag ? lower.substr(0, colon) + std::string(tag.substr(colon)) : lower;
    return fmt::format("repository name must be lowercase: {}", good);
  }
  if (tag.empty()) return "it is empty";
  return "invalid reference format: a name is lower-case letters, digits and . _ - / between them; "
         "a "
         "tag is at most 128 letters, digits and _ . -, and begins with none of the last two";
}

}  // namespace crun::executor::builtin
