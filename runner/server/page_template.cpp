#include "runner/server/page_template.hpp"

#include <cassert>

#include <fmt/format.h>

namespace crun::runner {

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      case '\0':
        escaped += "\xef\xbf\xbd";  // no NUL in HTML
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

void PageValues::text(const std::string& name, std::string value) {
  texts_[name] = escape_html(value);
}

void PageValues::html(const std::string& name, std::string value) {
  texts_[name] = std::move(value);
}

void PageValues::flag(const std::string& name, bool value) {
  if (value) {
    texts_[name] = "1";
  } else {
    texts_.erase(name);
  }
}

PageValues& PageValues::item(const std::string& name) {
  return lists_[name].emplace_back();
}

/// Walks a template once; sections are filled by walking their part for each item.
class TemplateFiller {
 public:
  explicit TemplateFiller(std::string& page) : page_(page) {}

  void fill(std::string_view rest, const PageValues& values) {
    for (;;) {
      const auto open = rest.find("{{");
      page_ += rest.substr(0, open);
      if (open == std::string_view::npos) return;
      const auto close = rest.find("}}", open);
      assert(close != std::string_view::npos);
      auto name = rest.substr(open + 2, close - open - 2);
      rest.remove_prefix(close + 2);
      const bool section = name.starts_with('#') || name.starts_with('^');
      if (!section) {
        page_ += text_of(name, values);
        continue;
      }
      const bool wanted = name.front() == '#';
      name.remove_prefix(1);
      const auto end_mark = fmt::format("{{{{/{}}}}}", name);
      const auto end = rest.find(end_mark);
      assert(end != std::string_view::npos);
      fill_section(rest.substr(0, end), name, wanted, values);
      rest.remove_prefix(end + end_mark.size());
    }
  }

 private:
  void fill_section(
      std::string_view part, std::string_view name, bool wanted, const PageValues& values) {
    const auto list = values.lists_.find(name);
    const bool is_list = list != values.lists_.end();
    const bool there = is_list || !text_of(name, values).empty();
    if (there != wanted) return;
    if (!is_list) return fill(part, values);
    for (const auto& item : list->second) fill(part, item);
  }

  static std::string_view text_of(std::string_view name, const PageValues& values) {
    const auto found = values.texts_.find(name);
    return found == values.texts_.end() ? std::string_view() : found->second;
  }

  std::string& page_;
};

std::string fill(std::string_view page_template, const PageValues& values) {
  std::string page;
  TemplateFiller(page).fill(page_template, values);
  return page;
}

}  // namespace crun::runner
