#include "executor/files/artifact_subjects.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/files/sha256.hpp"

namespace crun::executor {

namespace {

constexpr std::size_t largest_file = 1024 * 1024;
constexpr std::size_t most_subjects = 500;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// "NAME@sha256:DIGITS", with as many digits as the algorithm has.
std::optional<ArtifactSubject> as_image(std::string_view text) {
  auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  std::string digest(text.substr(at + 1));
  std::transform(digest.begin(), digest.end(), digest.begin(), lower);
  auto colon = digest.find(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string algorithm = digest.substr(0, colon);
  std::size_t digits = algorithm == "sha256"   ? 64
                       : algorithm == "sha384" ? 96
                       : algorithm == "sha512" ? 128
                                               : 0;
  bool is_hex = digest.find_first_not_of("0123456789abcdef", colon + 1) == std::string::npos;
  if (digits == 0 || digest.size() != colon + 1 + digits || !is_hex) return std::nullopt;
  return ArtifactSubject{std::string(text.substr(0, at)), digest, "oci"};
}

ArtifactSubject as_file(std::string_view text, const std::filesystem::path& workspace) {
  auto path = workspace / text;
  std::error_code error;
  auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw std::runtime_error("file '" + std::string(text) + "' does not exist");
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw std::runtime_error("'" + std::string(text) + "' is not a regular file");
  }
  return {path.filename().string(), "sha256:" + to_hex(sha256_of_file(path)), "file"};
}

ArtifactSubject read_subject(std::string_view line, const std::filesystem::path& workspace) {
  if (line.starts_with("file://")) return as_file(line.substr(7), workspace);
  bool must_be_image = line.starts_with("oci://");
  if (must_be_image) line.remove_prefix(6);
  if (auto image = as_image(line)) return *image;
  if (must_be_image) {
    throw std::runtime_error("an image needs a digest, as in NAME@sha256:...");
  }
  return as_file(line, workspace);
}

}  // namespace

void ArtifactSubjects::add_file(std::string_view text, const std::filesystem::path& workspace) {
  if (text.size() > largest_file) {
    throw std::runtime_error(
        "$GITHUB_ARTIFACTS supports content up to a size of 1024k, got " +
        std::to_string(text.size() / 1024) + "k.");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  ArtifactSubjects together = *this;
  for (int number = 1; !text.empty(); ++number) {
    auto end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    try {
      together.add(read_subject(line, workspace));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("line " + std::to_string(number) + ": " + error.what());
    }
  }
  if (together.subjects_.size() > most_subjects) {
    throw std::runtime_error("a job can declare at most 500 artifacts");
  }
  *this = std::move(together);
}

void ArtifactSubjects::add(ArtifactSubject subject) {
  if (std::find(subjects_.begin(), subjects_.end(), subject) == subjects_.end()) {
    subjects_.push_back(std::move(subject));
  }
}

std::string ArtifactSubjects::to_json() const {
  auto list = nlohmann::ordered_json::array();
  for (const ArtifactSubject& subject : subjects_) {
    list.push_back({{"name", subject.name}, {"digest", subject.digest}, {"kind", subject.kind}});
  }
  return nlohmann::ordered_json{{"version", 1}, {"subjects", list}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace crun::executor
