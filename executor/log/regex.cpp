#include "executor/log/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace crun::executor {

namespace {

/// About a second of backtracking, which is GitHub's limit.
constexpr std::uint32_t match_limit = 5'000'000;

template <auto free>
struct Freed {
  template <typename Object>
  void operator()(Object* object) const {
    free(object);
  }
};

}  // namespace

struct Regex::Impl {
  std::unique_ptr<pcre2_code, Freed<pcre2_code_free>> code;
  std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>> data;
  std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>> context;
};

Regex::Regex(const std::string& pattern) : impl_(std::make_unique<Impl>()) {
  int error = 0;
  PCRE2_SIZE place = 0;
  constexpr std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX;
  impl_->code.reset(pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(pattern.data()),
      pattern.size(),
      options,
      &error,
      &place,
      nullptr));
  if (!impl_->code) {
    char text[256] = {};
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(text), sizeof text);
    throw RegexError(
        "Invalid pattern '" + pattern + "' at offset " + std::to_string(place) + ". " + text);
  }
  pcre2_jit_compile(impl_->code.get(), PCRE2_JIT_COMPLETE);
  impl_->data.reset(pcre2_match_data_create_from_pattern(impl_->code.get(), nullptr));
  impl_->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(impl_->context.get(), match_limit);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::size_t Regex::group_count() const {
  std::uint32_t count = 0;
  pcre2_pattern_info(impl_->code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

Regex::Outcome Regex::match(
    std::string_view text, std::vector<std::string_view>& groups, std::size_t from) const {
  int count = pcre2_match(
      impl_->code.get(),
      reinterpret_cast<PCRE2_SPTR>(text.data()),
      text.size(),
      from,
      0,
      impl_->data.get(),
      impl_->context.get());
  if (count == PCRE2_ERROR_NOMATCH) return Outcome::no_match;
  if (count < 0) return Outcome::gave_up;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(impl_->data.get());
  groups.assign(group_count() + 1, {});
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if (ends[2 * i] != PCRE2_UNSET) {
      groups[i] = text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]);
    }
  }
  return Outcome::match;
}

}  // namespace crun::executor
