#include "executor/builtin/javascript_regex.hpp"

#include <charconv>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

namespace crun::executor::builtin {

namespace {

/// Steps of the matcher before it gives up: user patterns may backtrack without end.
constexpr std::uint32_t match_limit = 5'000'000;

/// Rewrites what PCRE2 would read differently. Throws the message of V8 without its prefix.
class Translation {
 public:
  explicit Translation(std::string_view pattern) : in_(pattern) { groups_ = count_groups(); }

  std::string translate() {
    while (at_ < in_.size()) {
      switch (in_[at_]) {
        case '\\':
          escape(false);
          break;
        case '[':
          character_class();
          break;
        case '(':
          group();
          break;
        case '*':
        case '+':
        case '?':
          quantifier(1);
          break;
        case '{':
          brace();
          break;
        case '^':
        case '|':
          literal_start();
          break;
        default:
          copy(1, true);
      }
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t count, bool quantifiable) {
    out_ += in_.substr(at_, count);
    at_ += count;
    quantifiable_ = quantifiable;
  }

  void literal_start() { copy(1, false); }

  void escape(bool in_class) {
    if (at_ + 1 >= in_.size()) throw RegexError("\\ at end of pattern");
    const char c = in_[at_ + 1];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == 'u' || c == 'x') return code_escape(c);
    static constexpr std::string_view meaningful = "bBcdDfknrsStvwW";
    if (letter && meaningful.find(c) == std::string_view::npos) {
      // An identity escape: PCRE2 gives \A, \Q, \h and others a meaning.
      at_ += 1;
      copy(1, true);
      return;
    }
    // \k is a back reference only where the pattern has named groups.
    if (c == 'k' && !named_groups_) {
      at_ += 1;
      copy(1, true);
      return;
    }
    if (c >= '1' && c <= '9') return back_reference(in_class);
    if (c == 's' && !in_class)
      return replace(2, "[\\s\\x{a0}\\x{feff}\\x{2028}\\x{2029}\\x{3000}]");
    if (c == 'S' && !in_class)
      return replace(2, "[^\\s\\x{a0}\\x{feff}\\x{2028}\\x{2029}\\x{3000}]");
    copy(2, in_class || (c != 'b' && c != 'B'));
  }

  /// \2 where there are two groups, else an octal code, else the digit.
  void back_reference(bool in_class) {
    std::size_t digits = 1;
    unsigned number = 0;
    std::from_chars(in_.data() + at_ + 1, in_.data() + in_.size(), number);
    while (at_ + 1 + digits < in_.size() && is_digit(in_[at_ + 1 + digits])) ++digits;
    if (!in_class && number <= groups_)
      return replace(1 + digits, fmt::format("\\g{{{}}}", number));
    unsigned code = 0;
    std::size_t octal = 0;
    while (octal < digits && octal < 3 && in_[at_ + 1 + octal] < '8' && code < 32) {
      code = code * 8 + static_cast<unsigned>(in_[at_ + 1 + octal++] - '0');
    }
    if (octal > 0) return replace(1 + octal, fmt::format("\\x{{{:x}}}", code));
    ++at_;
    copy(1, true);
  }

  /// Also tells whether there are named ones.
  unsigned count_groups() {
    unsigned count = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < in_.size(); ++i) {
      const std::string_view rest = in_.substr(i);
      if (in_[i] == '\\') {
        ++i;
      } else if (in_class) {
        in_class = in_[i] != ']';
      } else if (in_[i] == '[') {
        in_class = true;
      } else if (in_[i] == '(') {
        const bool named =
            rest.starts_with("(?<") && !rest.starts_with("(?<=") && !rest.starts_with("(?<!");
        named_groups_ = named_groups_ || named;
        if (named || !rest.starts_with("(?")) ++count;
      }
    }
    return count;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  void replace(std::size_t count, std::string_view with) {
    out_ += with;
    at_ += count;
    quantifiable_ = true;
  }

  /// \x41 and \u0041; with too few digits they are the letter.
  void code_escape(char kind) {
    const std::size_t digits = kind == 'x' ? 2 : 4;
    const std::string_view code = in_.substr(at_ + 2, digits);
    if (code.size() == digits &&
        code.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos) {
      return replace(2 + digits, fmt::format("\\x{{{}}}", code));
    }
    at_ += 1;
    copy(1, true);
  }

  void character_class() {
    copy(1, false);
    if (at_ < in_.size() && in_[at_] == '^') copy(1, false);
    while (at_ < in_.size() && in_[at_] != ']') {
      // Beside \d and the like a dash makes no range.
      const bool after_kind = kind_follows(at_);
      const bool lone_dash = in_[at_] == '-' && kind_follows(at_ + 1);
      if (in_[at_] == '\\') {
        escape(true);
        if (after_kind && at_ < in_.size() && in_[at_] == '-') replace(1, "\\-");
      } else if (lone_dash) {
        replace(1, "\\-");
      } else if (in_[at_] == '[') {
        replace(1, "\\[");
      } else {
        copy(1, false);
      }
    }
    if (at_ >= in_.size()) throw RegexError("Unterminated character class");
    copy(1, true);
  }

  /// \d, \w, \s or their opposites.
  bool kind_follows(std::size_t at) const {
    return at + 1 < in_.size() && in_[at] == '\\' &&
           std::string_view("dDwWsS").find(in_[at + 1]) != std::string_view::npos;
  }

  void group() {
    if (in_.substr(at_).starts_with("(?")) {
      const std::string_view rest = in_.substr(at_ + 2);
      const bool known = rest.starts_with(':') || rest.starts_with('=') || rest.starts_with('!') ||
                         rest.starts_with('<');
      if (!known) throw RegexError("Invalid group");
      const bool behind = rest.starts_with("<=") || rest.starts_with("<!");
      return copy(behind ? 4 : 3, false);
    }
    // `(*` would be a verb of PCRE2.
    if (in_.substr(at_).starts_with("(*")) throw RegexError("Nothing to repeat");
    copy(1, false);
  }

  void quantifier(std::size_t length) {
    if (!quantifiable_) throw RegexError("Nothing to repeat");
    copy(length, false);
    if (at_ < in_.size() && in_[at_] == '?') copy(1, false);
  }

  /// `{2,3}` is a quantifier, any other brace is text.
  void brace() {
    std::size_t end = at_ + 1;
    const auto digits = [&] {
      const std::size_t start = end;
      while (end < in_.size() && in_[end] >= '0' && in_[end] <= '9') ++end;
      return end > start;
    };
    bool counted = digits();
    if (counted && end < in_.size() && in_[end] == ',') {
      ++end;
      digits();
    }
    counted = counted && end < in_.size() && in_[end] == '}';
    if (counted) return quantifier(end + 1 - at_);
    replace(1, "\\{");
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  /// Could a quantifier follow here?
  bool quantifiable_ = false;
  bool named_groups_ = false;
  unsigned groups_ = 0;
};

std::string v8_message(int code) {
  switch (code) {
    case PCRE2_ERROR_END_BACKSLASH:
      return "\\ at end of pattern";
    case PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER:
      return "numbers out of order in {} quantifier";
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET:
      return "Unterminated character class";
    case PCRE2_ERROR_CLASS_RANGE_ORDER:
      return "Range out of order in character class";
    case PCRE2_ERROR_QUANTIFIER_INVALID:
      return "Nothing to repeat";
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
      return "Unterminated group";
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS:
      return "Unmatched ')'";
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE:
      return "Invalid named capture referenced";
    case PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME:
      return "Duplicate capture group name";
    case PCRE2_ERROR_SUBPATTERN_NAME_EXPECTED:
    case PCRE2_ERROR_MISSING_NAME_TERMINATOR:
      return "Invalid capture group name";
    default: {
      PCRE2_UCHAR text[200];
      pcre2_get_error_message(code, text, sizeof text);
      return reinterpret_cast<const char*>(text);
    }
  }
}

std::uint32_t options_of(std::string_view flags) {
  std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
                          PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS;
  std::string_view seen = flags;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    switch (flags[i]) {
      case 'i':
        options |= PCRE2_CASELESS;
        break;
      case 'm':
        options |= PCRE2_MULTILINE;
        break;
      case 's':
        options |= PCRE2_DOTALL;
        break;
      case 'y':
        options |= PCRE2_ANCHORED;
        break;
      case 'd':
      case 'g':
      case 'u':
      case 'v':
        break;
      default:
        seen = {};
    }
    if (seen.find(flags[i]) != i) {
      throw RegexError(fmt::format("Invalid flags supplied to RegExp constructor '{}'", flags));
    }
  }
  return options;
}

}  // namespace

struct JavaScriptRegex::Compiled {
  std::string pattern;
  bool global = false;
  pcre2_code* code = nullptr;
  pcre2_match_context* context = nullptr;

  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    pcre2_code_free(code);
    pcre2_match_context_free(context);
  }

  using Match = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

  /// The groups of the first match from `start` on.
  Match find(std::string_view text, std::size_t start, int& groups) const {
    Match data(pcre2_match_data_create_from_pattern(code, nullptr), &pcre2_match_data_free);
    groups = pcre2_match(
        code,
        reinterpret_cast<PCRE2_SPTR>(text.data()),
        text.size(),
        start,
        0,
        data.get(),
        context);
    if (groups < 0 && groups != PCRE2_ERROR_NOMATCH) {
      throw RegexError(fmt::format(
          "matching /{}/ was given up: {}",
          pattern,
          groups == PCRE2_ERROR_MATCHLIMIT ? "it takes too long" : v8_message(groups)));
    }
    return data;
  }
};

JavaScriptRegex::JavaScriptRegex(std::string_view pattern, std::string_view flags)
    : compiled_(std::make_unique<Compiled>()) {
  const std::uint32_t options = options_of(flags);
  compiled_->pattern = pattern;
  compiled_->global = flags.find('g') != std::string_view::npos;
  const auto fail = [&](std::string_view message) {
    throw RegexError(
        fmt::format("Invalid regular expression: /{}/{}: {}", pattern, flags, message));
  };
  std::string translated;
  try {
    translated = Translation(pattern).translate();
  } catch (const RegexError& problem) {
    fail(problem.what());
  }
  int error = 0;
  PCRE2_SIZE place = 0;
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
  compiled_->code = pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(translated.data()),
      translated.size(),
      options,
      &error,
      &place,
      context.get());
  if (!compiled_->code) fail(v8_message(error));
  compiled_->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(compiled_->context, match_limit);
}

JavaScriptRegex::~JavaScriptRegex() = default;
JavaScriptRegex::JavaScriptRegex(JavaScriptRegex&&) noexcept = default;
JavaScriptRegex& JavaScriptRegex::operator=(JavaScriptRegex&&) noexcept = default;

bool JavaScriptRegex::test(std::string_view text) const {
  int groups = 0;
  compiled_->find(text, 0, groups);
  return groups >= 0;
}

std::optional<std::vector<std::optional<std::string>>> JavaScriptRegex::match(
    std::string_view text) const {
  std::vector<std::optional<std::string>> result;
  std::uint32_t all = 0;
  pcre2_pattern_info(compiled_->code, PCRE2_INFO_CAPTURECOUNT, &all);
  for (std::size_t start = 0; start <= text.size();) {
    int groups = 0;
    const auto data = compiled_->find(text, start, groups);
    if (groups < 0) break;
    const PCRE2_SIZE* places = pcre2_get_ovector_pointer(data.get());
    const std::size_t wanted = compiled_->global ? 1 : all + 1;
    for (std::size_t i = 0; i < wanted; ++i) {
      const bool part = i < static_cast<std::size_t>(groups) && places[2 * i] != PCRE2_UNSET;
      if (part) {
        result.emplace_back(text.substr(places[2 * i], places[2 * i + 1] - places[2 * i]));
      } else {
        result.emplace_back(std::nullopt);
      }
    }
    if (!compiled_->global) break;
    start = places[1] > places[0] ? places[1] : places[1] + 1;
  }
  if (result.empty()) return std::nullopt;
  return result;
}

}  // namespace crun::executor::builtin
