// What the rules and labels of docker/metadata-action can ask for: {{branch}}, {{sha}}, {{date
// 'YYYY'}}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "executor/builtin/metadata/features.hpp"
#include "executor/builtin/metadata/handlebars.hpp"
#include "executor/builtin/metadata/moment.hpp"

namespace crun::executor::builtin {

/// The event as far as tags and labels depend on it.
struct EventFacts {
  std::string event_name;
  std::string ref;
  std::string sha;
  std::optional<Instant> commit_date;         // nullopt: a date that could not be read
  std::optional<std::string> base_ref;        // of a tag's push
  std::optional<std::string> pull_base_ref;   // pull_request.base.ref
  std::optional<std::string> default_branch;  // repository.default_branch of the event
};

class Expressions {
 public:
  /// `short_sha_length` is DOCKER_METADATA_SHORT_SHA_LENGTH, or ''.
  Expressions(
      EventFacts event,
      Instant now,
      const MetadataFeatures& features,
      std::string short_sha_length);

  const EventFacts& event() const { return event_; }
  Instant now() const { return now_; }

  /// Expands a text with all names. Throws Failed.
  std::string expand(std::string_view text) const;
  /// For schedules: only the dates.
  std::string expand_dates(std::string_view text) const;
  /// Throws Failed when the length is no number.
  std::string short_sha() const;

  /// The branch, tag or pull request of the ref; nullopt when the ref is no such.
  std::optional<std::string> branch() const;
  std::optional<std::string> tag() const;

 private:
  std::string base_ref() const;
  bool is_default_branch() const;
  handlebars::Value date_function(std::optional<Instant> date) const;
  handlebars::Object dates() const;

  EventFacts event_;
  Instant now_;
  const MetadataFeatures& features_;
  std::string short_sha_length_;
};

/// Renders a template; its errors become Failed.
std::string expand_template(std::string_view text, const handlebars::Value& context);

/// [^a-zA-Z0-9._-]+ becomes `-`: what may be in a tag.
std::string clean_tag(std::string_view text);

}  // namespace crun::executor::builtin
