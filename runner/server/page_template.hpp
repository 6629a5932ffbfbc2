// Fills HTML templates. The syntax is a part of Mustache:
//   {{name}}                 a text, escaped
//   {{#name}}...{{/name}}    once for each item of a list, or if the text or flag is there
//   {{^name}}...{{/name}}    if there is none
// Names are looked up in the item alone, never in what is around it. Whether something is escaped
// is decided by who sets the value, not by who writes the template: HTML comes from html() alone.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crun::runner {

class PageValues {
 public:
  /// Anything, also what a run has printed.
  void text(const std::string& name, std::string value);
  /// What this program has made and escaped itself.
  void html(const std::string& name, std::string value);
  void flag(const std::string& name, bool value);
  /// A further item of a list.
  PageValues& item(const std::string& name);

 private:
  friend class TemplateFiller;

  std::map<std::string, std::string, std::less<>> texts_;  // escaped
  std::map<std::string, std::vector<PageValues>, std::less<>> lists_;
};

/// A template that is not well-formed is our bug: assert.
std::string fill(std::string_view page_template, const PageValues& values);

/// For text and for attributes in quotes.
std::string escape_html(std::string_view text);

}  // namespace crun::runner
