// Reads problem matcher files and refuses what GitHub refuses.
#include <nlohmann/json.hpp>

#include "executor/log/problem_matcher.hpp"
#include "executor/log/workflow_command.hpp"

namespace crun::executor {

namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_string()) throw MatcherError("'" + std::string(key) + "' must be a string");
  return found->get<std::string>();
}

std::optional<int> group_of(const Json& object, const char* key, const Regex& regex) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_integer())
    throw MatcherError("'" + std::string(key) + "' must be a number");
  auto group = found->get<long long>();
  if (group < 0) {
    throw MatcherError(
        "The property '" + std::string(key) + "' is set to " + std::to_string(group) +
        " which is less than 0");
  }
  if (static_cast<std::size_t>(group) > regex.group_count()) {
    throw MatcherError(
        "The property '" + std::string(key) + "' is set to " + std::to_string(group) +
        " which is greater than the number of captures");
  }
  return static_cast<int>(group);
}

MatcherPattern read_pattern(const Json& object) {
  if (!object.is_object()) throw MatcherError("A pattern must be an object");
  Regex regex = [&] {
    try {
      return Regex(text_of(object, "regexp"));
    } catch (const RegexError& error) {
      throw MatcherError(error.what());
    }
  }();
  MatcherPattern pattern{std::move(regex), {}, {}, {}, {}, {}, {}, {}, false};
  pattern.file = group_of(object, "file", pattern.regex);
  pattern.line = group_of(object, "line", pattern.regex);
  pattern.column = group_of(object, "column", pattern.regex);
  pattern.severity = group_of(object, "severity", pattern.regex);
  pattern.code = group_of(object, "code", pattern.regex);
  pattern.message = group_of(object, "message", pattern.regex);
  pattern.from_path = group_of(object, "fromPath", pattern.regex);
  auto loop = object.find("loop");
  pattern.loop = loop != object.end() && loop->is_boolean() && loop->get<bool>();
  return pattern;
}

void validate_patterns(const std::vector<MatcherPattern>& patterns) {
  if (patterns.empty()) throw MatcherError("At least one pattern must be specified");
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const MatcherPattern& pattern = patterns[i];
    if (!pattern.loop) continue;
    if (patterns.size() == 1)
      throw MatcherError("The loop property cannot be set on a single pattern");
    if (i + 1 < patterns.size()) {
      throw MatcherError("Only the last pattern in a multiline matcher may set 'loop'");
    }
    if (!pattern.message) throw MatcherError("The loop pattern must set 'message'");
  }
  struct Property {
    const char* name;
    std::optional<int> MatcherPattern::*group;
  };
  for (const Property& property :
       {Property{"file", &MatcherPattern::file},
        Property{"line", &MatcherPattern::line},
        Property{"column", &MatcherPattern::column},
        Property{"severity", &MatcherPattern::severity},
        Property{"code", &MatcherPattern::code},
        Property{"message", &MatcherPattern::message},
        Property{"fromPath", &MatcherPattern::from_path}}) {
    int times = 0;
    for (const MatcherPattern& pattern : patterns) times += (pattern.*property.group).has_value();
    if (times > 1) {
      throw MatcherError(
          "The property '" + std::string(property.name) + "' is set by more than one pattern");
    }
    if (times == 0 && property.group == &MatcherPattern::message) {
      throw MatcherError("At least one pattern must set 'message'");
    }
  }
}

ProblemMatcher read_matcher(const Json& object) {
  if (!object.is_object()) throw MatcherError("A problem matcher must be an object");
  ProblemMatcher matcher;
  matcher.owner = text_of(object, "owner");
  if (matcher.owner.empty()) throw MatcherError("Owner must not be empty");
  matcher.severity = text_of(object, "severity");
  bool known = matcher.severity.empty();
  for (const char* level : {"error", "warning", "notice"}) {
    known = known || equal_ignoring_case(matcher.severity, level);
  }
  if (!known) {
    throw MatcherError(
        "Matcher '" + matcher.owner + "' contains unexpected default severity '" +
        matcher.severity + "'");
  }
  matcher.from_path = text_of(object, "fromPath");
  auto patterns = object.find("pattern");
  if (patterns == object.end() || !patterns->is_array()) {
    throw MatcherError("Matcher '" + matcher.owner + "' does not contain any patterns");
  }
  for (const Json& pattern : *patterns) matcher.patterns.push_back(read_pattern(pattern));
  try {
    validate_patterns(matcher.patterns);
  } catch (const MatcherError& error) {
    throw MatcherError("Matcher '" + matcher.owner + "': " + error.what());
  }
  return matcher;
}

}  // namespace

std::vector<ProblemMatcher> parse_matchers(std::string_view text) {
  // Comments are allowed, as Newtonsoft's reader does.
  Json document = Json::parse(text, nullptr, false, true);
  if (document.is_discarded()) throw MatcherError("The problem matcher file is not valid JSON");
  std::vector<ProblemMatcher> matchers;
  if (!document.is_object()) throw MatcherError("A problem matcher file must hold an object");
  auto list = document.find("problemMatcher");
  if (list == document.end() || list->is_null()) return matchers;
  if (!list->is_array()) throw MatcherError("'problemMatcher' must be a list");
  for (const Json& object : *list) {
    ProblemMatcher matcher = read_matcher(object);
    for (const ProblemMatcher& other : matchers) {
      if (equal_ignoring_case(other.owner, matcher.owner)) {
        throw MatcherError("Duplicate owner name '" + matcher.owner + "'");
      }
    }
    matchers.push_back(std::move(matcher));
  }
  return matchers;
}

}  // namespace crun::executor
