#include "workflow/model/id_builder.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace crun::workflow {

namespace {

constexpr std::size_t longest_id = 100;
constexpr int most_attempts = 1000;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_legal(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::string IdBuilder::add(std::string_view id) {
  if (id.empty() || !is_letter(id.front()) || !std::all_of(id.begin(), id.end(), is_legal) ||
      id.size() >= longest_id) {
    // The doubled "and" is GitHub's.
    return fmt::format(
        "The identifier '{}' is invalid. IDs may only contain alphanumeric characters, '_', and "
        "'-'. IDs must start with a letter or '_' and and must be less than {} characters.",
        id,
        longest_id);
  }
  if (id.starts_with("__")) {
    return fmt::format("The identifier '{}' is invalid. IDs starting with '__' are reserved.", id);
  }
  if (!ids_.insert(std::string(id)).second) {
    return fmt::format(
        "The identifier '{}' may not be used more than once within the same scope.", id);
  }
  return {};
}

void IdBuilder::append(std::string_view segment) {
  if (segment.empty()) return;
  if (!name_.empty()) {
    name_ += '_';
  } else if (is_legal(segment.front()) && !is_letter(segment.front())) {
    name_ += '_';  // a digit or a dash cannot be first
  }
  for (const char c : segment) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;  // one `_` a character
    name_ += is_legal(c) ? c : '_';
  }
}

std::string IdBuilder::build(bool allow_reserved_prefix, std::size_t max_length) {
  if (max_length <= 5) max_length = longest_id;  // room for one character and "_999"
  auto original = name_.empty() ? std::string("job") : name_;
  name_.clear();
  if (!allow_reserved_prefix && original.starts_with("__")) {
    original.erase(0, std::min(original.find_first_not_of('_'), original.size()));
    original.insert(0, "_");
  }
  // What was taken stays taken: no need to begin again at the first.
  auto& attempt = attempts_.emplace(std::pair(original, max_length), 1).first->second;
  for (; attempt < most_attempts; ++attempt) {
    std::string suffix;
    if (attempt > 1) {
      // "_" and "_2" would give the reserved prefix.
      const bool bare = !allow_reserved_prefix && original == "_";
      suffix = fmt::format("{}{}", bare ? "" : "_", attempt);
    }
    auto candidate = original.substr(0, max_length - suffix.size()) + suffix;
    if (ids_.insert(candidate).second) return candidate;
  }
  throw std::runtime_error("Unable to create a unique name");
}

}  // namespace crun::workflow
