#include "executor/builtin/metadata/expressions.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "executor/builtin/javascript_number.hpp"

namespace crun::executor::builtin {

namespace {

using handlebars::Arguments;
using handlebars::Function;
using handlebars::TemplateError;
using handlebars::Value;

std::optional<std::string> without_prefix(const std::string& ref, std::string_view prefix) {
  if (!ref.starts_with(prefix)) return std::nullopt;
  return ref.substr(prefix.size());
}

std::string with_dashes(std::string text) {
  std::ranges::replace(text, '/', '-');
  return text;
}

/// Without a format the original takes its options for one, with more than one a parameter for
/// them.
void check_parameters(const Arguments& arguments) {
  if (arguments.parameters.empty()) {
    throw TemplateError("Cannot read properties of undefined (reading 'hash')");
  }
  if (arguments.parameters.size() > 1) {
    throw TemplateError("Cannot convert undefined or null to object");
  }
}

/// The zone a call asks for; UTC when it does not.
std::string zone_of(const Arguments& arguments) {
  std::string zone = "UTC";
  for (const auto& [name, value] : arguments.hash) {
    if (name != "tz") throw TemplateError(fmt::format("Unknown {} attribute", name));
    if (const auto* number = value.number()) {
      throw TemplateError(
          fmt::format("Time zone name must be a string, got {} [number]", number_text(*number)));
    }
    if (!value.string()) throw TemplateError("Time zone name must be a string");
    zone = *value.string();
  }
  if (zone.empty()) throw TemplateError("Cannot read properties of undefined (reading 'format')");
  return zone;
}

}  // namespace

std::string clean_tag(std::string_view text) {
  std::string result;
  bool in_gap = false;
  for (const char c : text) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (allowed) {
      result += c;
    } else if (!in_gap) {
      result += '-';
    }
    in_gap = !allowed;
  }
  return result;
}

std::string expand_template(std::string_view text, const Value& context) {
  try {
    return handlebars::render(text, context);
  } catch (const TemplateError& error) {
    throw Failed(error.what());
  }
}

Expressions::Expressions(
    EventFacts event, Instant now, const MetadataFeatures& features, std::string short_sha_length)
    : event_(std::move(event)),
      now_(now),
      features_(features),
      short_sha_length_(std::move(short_sha_length)) {}

std::optional<std::string> Expressions::branch() const {
  auto name = without_prefix(event_.ref, "refs/heads/");
  return name && !features_.late_cleaning ? clean_tag(*name) : name;
}

std::optional<std::string> Expressions::tag() const {
  auto name = without_prefix(event_.ref, "refs/tags/");
  return name && !features_.late_cleaning ? with_dashes(*name) : name;
}

std::string Expressions::short_sha() const {
  double length = features_.short_sha_length;
  if (features_.short_sha_length_env && !short_sha_length_.empty()) {
    length = number_of(short_sha_length_);
    if (std::isnan(length)) {
      throw Failed(fmt::format(
          "DOCKER_METADATA_SHORT_SHA_LENGTH is not a valid number: {}", short_sha_length_));
    }
  }
  if (length >= static_cast<double>(event_.sha.size())) return event_.sha;
  return event_.sha.substr(0, static_cast<std::size_t>(std::max(length, 0.0)));
}

std::string Expressions::base_ref() const {
  if (event_.base_ref && event_.ref.starts_with("refs/tags/")) {
    const std::string name =
        without_prefix(*event_.base_ref, "refs/heads/").value_or(*event_.base_ref);
    return features_.late_cleaning ? name : with_dashes(name);
  }
  if (event_.ref.starts_with("refs/pull/")) return event_.pull_base_ref.value_or("");
  return {};
}

bool Expressions::is_default_branch() const {
  // A ref that is no branch is compared as it is.
  const std::string branch = without_prefix(event_.ref, "refs/heads/").value_or(event_.ref);
  if (branch.empty()) return false;
  if (event_.default_branch == branch) return true;
  // These events always run on the default branch's last commit.
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"create", "discussion", "issues", "schedule"},
      [this](std::string_view name) { return event_.event_name.find(name) != std::string::npos; });
}

Value Expressions::date_function(std::optional<Instant> date) const {
  const bool zones = features_.zones;
  return Function([date, zones](const Arguments& arguments) -> Value {
    if (zones) check_parameters(arguments);
    const std::string zone = zones ? zone_of(arguments) : "UTC";
    const Value format = arguments.parameters.empty() ? Value() : arguments.parameters[0];
    if (format.truthy() && !format.string()) {
      throw TemplateError(
          format.function() ? "d.replace is not a function" : "d.match is not a function");
    }
    if (!date) return "Invalid date";
    const Instant seconds = *date / 1000 - (*date % 1000 < 0 ? 1 : 0);
    const auto offset = zone_offset(zone, seconds);
    // The original prints such a time without the zone's name.
    return format_moment(
        *date, format.truthy() ? format.text() : "", offset.value_or(ZoneOffset{0, ""}));
  });
}

handlebars::Object Expressions::dates() const {
  handlebars::Object names;
  names.emplace_back("date", date_function(now_));
  if (features_.commit_date) names.emplace_back("commit_date", date_function(event_.commit_date));
  return names;
}

std::string Expressions::expand_dates(std::string_view text) const {
  return expand_template(text, Value(dates()));
}

std::string Expressions::expand(std::string_view text) const {
  if (text.find("{{") == std::string_view::npos) return std::string(text);
  const auto calls = [](auto answer) {
    return Value(Function([answer](const Arguments&) -> Value { return answer(); }));
  };
  handlebars::Object names = dates();
  names.emplace_back("branch", calls([this] { return Value(branch().value_or("")); }));
  names.emplace_back("tag", calls([this] { return Value(tag().value_or("")); }));
  names.emplace_back("sha", calls([this] { return Value(short_sha()); }));
  names.emplace_back("base_ref", calls([this] { return Value(base_ref()); }));
  names.emplace_back(
      "is_default_branch", calls([this] { return Value(is_default_branch() ? "true" : "false"); }));
  if (features_.not_default_branch) {
    names.emplace_back("is_not_default_branch", calls([this] {
                         return Value(is_default_branch() ? "false" : "true");
                       }));
  }
  return expand_template(text, Value(std::move(names)));
}

}  // namespace crun::executor::builtin
