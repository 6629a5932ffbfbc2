#include "executor/builtin/metadata/semver.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"

namespace crun::executor::builtin {

namespace {

constexpr std::size_t longest_version = 256;
constexpr std::uint64_t largest_number = 9'007'199'254'740'991;  // JavaScript's MAX_SAFE_INTEGER

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_number(std::string_view text) {
  return all_digits(text) && (text == "0" || text[0] != '0');
}

bool is_core_number(std::string_view text) {
  if (!is_number(text)) return false;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && value <= largest_number;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

std::vector<std::string> split_dots(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t dot = std::min(text.find('.', from), text.size());
    parts.emplace_back(text.substr(from, dot - from));
    from = dot + 1;
  }
  return parts;
}

}  // namespace

std::optional<SemanticVersion> SemanticVersion::parse(std::string_view text) {
  if (text.size() > longest_version) return std::nullopt;
  SemanticVersion result;
  result.raw = text;
  text = trim_javascript(text);
  if (text.starts_with('v')) text.remove_prefix(1);
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    result.build = split_dots(text.substr(plus + 1));
    if (!std::ranges::all_of(result.build, is_word)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    result.prerelease = split_dots(text.substr(dash + 1));
    const bool good = std::ranges::all_of(result.prerelease, [](const std::string& part) {
      return all_digits(part) ? is_number(part) : is_word(part);
    });
    if (!good) return std::nullopt;
    text = text.substr(0, dash);
  }
  const auto core = split_dots(text);
  if (core.size() != 3 || !std::ranges::all_of(core, is_core_number)) return std::nullopt;
  result.major = core[0];
  result.minor = core[1];
  result.patch = core[2];
  result.version = text;
  if (!result.prerelease.empty()) {
    result.version += fmt::format("-{}", fmt::join(result.prerelease, "."));
  }
  return result;
}

}  // namespace crun::executor::builtin
