// The table of pins holds the published tags of well-known actions up to a date. Hence "no such
// tag" can be said for certain only of a text that no action of this kind was ever tagged with.
#include "workflow/lint/uses_check.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/model/uses.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool is_commit(std::string_view ref) {
  return ref.size() == 40 && is_hex(ref);
}

/// "v4.2.2" and the like: an optional v, and numbers with dots.
bool is_version(std::string_view text) {
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

/// The first version in a comment such as "tag=v3.7.1" or "pin @v3".
std::string version_in(std::string_view comment) {
  for (std::size_t at = 0; at < comment.size(); ++at) {
    const bool begins = at == 0 || !std::isalnum(static_cast<unsigned char>(comment[at - 1]));
    if (!begins || (comment[at] != 'v' && !is_digit(comment[at]))) continue;
    auto end = at + 1;
    while (end < comment.size() && (is_digit(comment[end]) || comment[end] == '.')) ++end;
    auto version = comment.substr(at, end - at);
    while (version.ends_with('.')) version.remove_suffix(1);
    const bool ends =
        end == comment.size() || !std::isalnum(static_cast<unsigned char>(comment[end]));
    if (ends && is_version(version)) return std::string(version);
  }
  return {};
}

std::string_view without_v(std::string_view version) {
  return version.starts_with('v') ? version.substr(1) : version;
}

/// Does "v3" mean "v3.6.1"? A version stands for all that begin with its numbers.
bool covers(std::string_view wide, std::string_view exact) {
  wide = without_v(wide);
  exact = without_v(exact);
  return exact == wide || (exact.starts_with(wide) && exact[wide.size()] == '.');
}

/// The most exact of the tags of a commit: v3.6.1 rather than v3.
std::string exact_tag(const std::vector<ActionPin>& pins, std::string_view commit) {
  std::string best;
  for (const auto& pin : pins) {
    if (pin.commit == commit && pin.tag.size() > best.size()) best = pin.tag;
  }
  return best;
}

class UsesCheck {
 public:
  UsesCheck(const Survey& survey, const SurveyedStep& place, const UsesReference& uses)
      : survey_(survey), place_(place), uses_(uses) {}

  void run(const std::vector<ActionPin>& pins) {
    if (is_commit(uses_.version)) {
      check_comment(pins);
    } else if (!pins.empty() && check_tag(pins)) {
      return;  // told already
    }
    check_available(pins);
  }

 private:
  Diagnostic& add(Severity severity, std::string code, std::string message) {
    Diagnostic found;
    found.severity = severity;
    found.code = std::move(code);
    found.source = place_.source;
    found.span = place_.step->uses_span;
    found.message = std::move(message);
    return survey_.diagnostics.add(std::move(found));
  }

  void check_available(const std::vector<ActionPin>& pins) {
    const auto& available = survey_.facts.action_available;
    if (!available || available(place_.step->uses)) return;
    const bool known_version = std::any_of(pins.begin(), pins.end(), [&](const ActionPin& pin) {
      return pin.tag == uses_.version || pin.commit == uses_.version;
    });
    if (pins.empty() || known_version) {
      auto& found =
          add(Severity::warning,
              "unavailable-action",
              fmt::format(
                  "{} is not on this machine yet: it is neither built in nor found in the cache",
                  place_.step->uses));
      found.help = fmt::format(
          "its job fetches it before the first step; --action {}=DIR takes it from a folder",
          place_.step->uses);
    } else {
      auto& found =
          add(Severity::warning,
              "unavailable-action",
              fmt::format(
                  "{} is not available: {} is no version that is built in",
                  place_.step->uses,
                  uses_.version));
      found.help = fmt::format("the newest that is known is {}", pins.front().tag);
    }
  }

  // True if something was said about the version.
  bool check_tag(const std::vector<ActionPin>& pins) {
    const auto& ref = uses_.version;
    const auto tagged = [&](const std::string& tag) {
      return std::any_of(
          pins.begin(), pins.end(), [&](const ActionPin& pin) { return pin.tag == tag; });
    };
    if (tagged(ref)) return false;
    if (tagged("v" + ref)) {
      auto& found = add(
          Severity::error,
          "unknown-ref",
          fmt::format(
              "Unable to resolve action `{}`, unable to find version `{}`: there is no such tag",
              place_.step->uses,
              ref));
      found.help = fmt::format("did you mean {}@v{}?", uses_.full_name(), ref);
      return true;
    }
    if (ref.size() >= 7 && ref.size() < 40 && is_hex(ref)) {
      auto& found =
          add(Severity::warning,
              "short-commit",
              fmt::format("GitHub refuses a shortened commit as a version: {}", place_.step->uses));
      found.help = "give all 40 digits, or a tag";
      return true;
    }
    return is_version(ref) && check_unknown_version(pins);
  }

  // Newer versions than the table's may exist; one between those it has may not.
  bool check_unknown_version(const std::vector<ActionPin>& pins) {
    const auto& ref = uses_.version;
    const auto numbers = without_v(ref);
    const auto major = numbers.substr(0, numbers.find('.'));
    const bool passed = std::any_of(pins.begin(), pins.end(), [&](const ActionPin& pin) {
      const auto other = without_v(pin.tag);
      const auto other_major = other.substr(0, other.find('.'));
      return is_version(pin.tag) && (other_major.size() > major.size() ||
                                     (other_major.size() == major.size() && other_major > major));
    });
    if (!passed) return false;
    std::vector<std::string> tags;
    for (const auto& pin : pins) tags.push_back(pin.tag);
    auto& found =
        add(Severity::warning,
            "unknown-ref",
            fmt::format("{} has no version {} that is known here", uses_.full_name(), ref));
    if (const auto near = nearest(ref, tags)) found.help = fmt::format("did you mean {}?", *near);
    return true;
  }

  void check_comment(const std::vector<ActionPin>& pins) {
    const auto said = version_in(place_.step->uses_comment);
    if (said.empty()) return;
    const auto real = exact_tag(pins, uses_.version);
    if (real.empty() || covers(said, real)) return;
    auto& found =
        add(Severity::warning,
            "version-comment",
            fmt::format(
                "the comment says {}, but commit {} of {} is {}",
                said,
                uses_.version.substr(0, 12),
                uses_.full_name(),
                real));
    const auto meant = std::find_if(
        pins.begin(), pins.end(), [&](const ActionPin& pin) { return pin.tag == said; });
    found.help = meant == pins.end()
                     ? fmt::format("write # {}", real)
                     : fmt::format("write # {}, or pin {}, which is {}", real, meant->commit, said);
  }

  const Survey& survey_;
  const SurveyedStep& place_;
  const UsesReference& uses_;
};

}  // namespace

void check_uses(const Survey& survey) {
  std::map<std::string, std::vector<ActionPin>> known;  // looked up once each
  for (const auto& place : survey.steps) {
    const auto uses = parse_uses(place.step->uses);
    if (!uses || uses->kind != UsesReference::Kind::remote) continue;
    const auto [pins, is_new] = known.try_emplace(uses->full_name());
    if (is_new && survey.facts.pins) pins->second = survey.facts.pins(pins->first);
    UsesCheck(survey, place, *uses).run(pins->second);
  }
}

}  // namespace crun::workflow
